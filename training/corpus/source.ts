import { readCarriers } from './carriers.ts'
import type { CorpusSource } from './generate.ts'
import type { Split } from './split.ts'
import { readFrozenSurfaces, readSurfaces } from './surfaces.ts'
import { dealPools, readTemplates } from './templates.ts'

/** Kinds of documents made of templates of this folder, with their weights. */
const OWN_KINDS: readonly (readonly [string, number])[] = [
  ['discharge', 8],
  ['clinic', 8],
  ['referral', 8],
  ['nursing', 8],
  ['radiology', 7],
  ['portal', 8],
  ['dictation', 6],
  ['query', 16],
  ['dialogue', 7],
  ['table', 8],
  ['phone', 7],
  ['mail', 7],
  ['fragment', 18],
]

const CARRIER_KINDS: readonly (readonly [string, number])[] = [
  ['aci-note', 12],
  ['aci-dialogue', 7],
  ['mts-section', 8],
  ['mts-dialogue', 4],
  ['presidio', 5],
]

/** Names that nothing announces, and their words where they name nobody: training alone has these documents (`templates/train/bare.txt`). */
const TRAINING_KINDS: readonly (readonly [string, number])[] = [['bare', 45]]

/** What `frozen.json` keeps as it is: the templates that are dealt and the names of names.txt, without what training alone may have. */
export function createFrozenSource(split: Split, seed: string): CorpusSource {
  return {
    split,
    seed,
    pools: dealPools(readTemplates())[split],
    surfaces: readFrozenSurfaces(split),
    kinds: OWN_KINDS,
  }
}

/** What a split is made of: templates of this folder alone or, with a data folder, carriers too. */
export function createSource(split: Split, seed: string, data?: string): CorpusSource {
  const pools = dealPools(readTemplates(), readTemplates('templates/train/'))[split]
  const surfaces = readSurfaces(split, data)
  const own = split === 'train' ? [...OWN_KINDS, ...TRAINING_KINDS] : OWN_KINDS
  if (data === undefined) return { split, seed, pools, surfaces, kinds: own }
  const carriers = readCarriers(data)
  return {
    split,
    seed,
    pools: new Map([...pools, ...carriers.pools[split]]),
    surfaces,
    kinds: [...own, ...CARRIER_KINDS.filter(([kind]) => split !== 'calibrate' || kind !== 'presidio')],
    carrierOf: ({ id }) => carriers.carrierOf.get(id),
  }
}
