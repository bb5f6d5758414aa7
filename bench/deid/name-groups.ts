import { createHash } from 'node:crypto'
import { type GoldDocument, LABEL_MAPS, mapLabels, readGoldLine } from '@breakwater/deid/evaluate'
import { generateDocument } from '../../training/corpus/generate.ts'
import { createSource } from '../../training/corpus/source.ts'

/** A seed of its own, so that nothing of the 4,000 documents of the other figures is in it. */
const SEED = 'groups-1'
const NAMES_OF_GROUP = 4_000
/** SHA-256 of its lines, written before any weights were measured on it. */
const FROZEN = '543c7460574b8f4675829b593cc756fa142b8d2f18338f2882a2f6bb04729a57'

export interface NameGroups {
  readonly documents: readonly GoldDocument[]
  /** By group, how many different names stand for its thousands. */
  readonly distinct: ReadonlyMap<string, number>
}

/**
 * A test of names alone: documents of the test split, its templates and its names, until each group of origin has 4,000 of them.
 * Throws where it is not the frozen one.
 */
export function readNameGroups(): NameGroups {
  const source = createSource('test', SEED)
  const hash = createHash('sha256')
  const counts = new Map(source.surfaces.groups.map(({ id }) => [id, 0]))
  const surfaces = new Map(source.surfaces.groups.map(({ id }) => [id, new Set<string>()]))
  const documents: GoldDocument[] = []
  for (let number = 0; Math.min(...counts.values()) < NAMES_OF_GROUP; number++) {
    const document = mapLabels(readGoldLine(JSON.stringify(generateDocument(source, number))), LABEL_MAPS.own)
    const names = document.spans.filter(
      (span) => span.class === 'NAME' && (counts.get(span.group ?? '') ?? NAMES_OF_GROUP) < NAMES_OF_GROUP,
    )
    if (names.length === 0) continue
    for (const { group = '', start, end } of names) {
      counts.set(group, (counts.get(group) ?? 0) + 1)
      surfaces.get(group)?.add(document.text.slice(start, end).toLowerCase())
    }
    // Everything else is neither hit nor miss here.
    const spans = document.spans.map((span) => (names.includes(span) ? span : { ...span, class: undefined }))
    const kept = { ...document, spans }
    hash.update(`${JSON.stringify({ text: kept.text, names })}\n`)
    documents.push(kept)
  }
  const digest = hash.digest('hex')
  if (digest !== FROZEN) throw new Error(`the test of name groups is not the frozen one: ${digest}`)
  return { documents, distinct: new Map([...surfaces].map(([id, all]) => [id, all.size])) }
}
