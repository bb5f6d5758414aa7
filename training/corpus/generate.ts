import { expand, type Template } from './grammar.ts'
import { addNoise } from './noise.ts'
import { type GoldSpan, joinPieces, type Piece } from './piece.ts'
import { createRandom } from './random.ts'
import { SLOTS } from './slots.ts'
import type { Split } from './split.ts'
import type { Surfaces } from './surfaces.ts'
import type { Pools } from './templates.ts'
import { createWorld } from './world.ts'

/** One line of the corpus. */
export interface CorpusLine {
  readonly id: string
  readonly kind: string
  readonly split: Split
  /** The template of the whole document; `templates` are all that it is made of. */
  readonly template: string
  readonly templates: readonly string[]
  readonly carrier: string | null
  /** Test only: whether dates and identifiers take held-out formats. */
  readonly formats: 'seen' | 'unseen'
  readonly noise: string
  /** Made of a template without identifiers. */
  readonly isClean: boolean
  readonly text: string
  readonly spans: readonly GoldSpan[]
}

/** The share of documents in whose template no identifier stands. */
const CLEAN_SHARE = 0.25
/** The share of the test in held-out formats. */
const UNSEEN_SHARE = 0.3

export interface CorpusSource {
  readonly split: Split
  readonly seed: string
  readonly pools: Pools
  readonly surfaces: Surfaces
  /** `kind` pools to draw documents from, with their weights. */
  readonly kinds: readonly (readonly [string, number])[]
  /** A pool of carriers has documents of its own and no clean twin. */
  readonly carrierOf?: (template: Template) => string | undefined
}

/** The document of a number: the same for the same source and seed, whichever were made before. */
export function generateDocument(source: CorpusSource, number: number): CorpusLine {
  const random = createRandom(`${source.seed}/${source.split}/${number}`)
  let place = random.next() * source.kinds.reduce((sum, [, weight]) => sum + weight, 0)
  const kind = source.kinds.find(([, weight]) => (place -= weight) < 0)?.[0] ?? source.kinds[0]?.[0] ?? ''
  const isClean = random.chance(CLEAN_SHARE) && source.pools.has(`${kind}.clean`)
  const usesHeldOut = source.split === 'test' && random.chance(UNSEEN_SHARE)
  const world = createWorld(random, source.split, source.surfaces, usesHeldOut, isClean)
  const used: Template[] = []
  const poolOf = (pool: string): readonly Template[] => {
    const templates = source.pools.get(pool)
    if (!templates) throw new RangeError(`no pool ${pool}`)
    return templates
  }
  const fill = (name: string, args: readonly string[]): readonly Piece[] => {
    const slot = SLOTS[name]
    if (!slot) throw new RangeError(`no slot ${name}`)
    return slot(world, args)
  }
  const pieces: Piece[] = []
  const root = random.pick(poolOf(isClean ? `${kind}.clean` : kind))
  used.push(root)
  expand(root.nodes, { random, fill, poolOf, onUse: (template) => used.push(template) }, pieces)
  const noisy = addNoise(pieces, random)
  const carriers = used.map((template) => source.carrierOf?.(template)).filter((carrier) => carrier !== undefined)
  return {
    id: `${source.split}-${number}`,
    kind,
    split: source.split,
    template: root.id,
    templates: [...new Set(used.map(({ id }) => id))],
    carrier: carriers[0] ?? null,
    formats: usesHeldOut ? 'unseen' : 'seen',
    noise: noisy.noise,
    isClean,
    ...joinPieces(noisy.pieces),
  }
}
