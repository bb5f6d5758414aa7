import type { Manifest, PlannedSpan } from '../types.ts'
import type { Profile } from './profile.ts'
import { ZIP3_TABLE } from './zip3.ts'

export interface ManifestInput {
  readonly engine: Manifest['engine']
  readonly profile: Profile
  readonly tagger: string | null
  readonly spanish?: string | undefined
  readonly thresholds?: Manifest['thresholds'] | undefined
  readonly hasLexicon?: boolean | undefined
  readonly isKnown?: boolean | undefined
  /** The changes, document by document. */
  readonly planned: readonly (readonly PlannedSpan[])[]
}

const TABLES = [{ id: ZIP3_TABLE.id, vintage: ZIP3_TABLE.vintage, sha256: ZIP3_TABLE.sha256 }]

/** What was done, without a value, an offset or a length; the same input gives the same manifest, byte for byte. */
export function buildManifest({
  engine,
  profile,
  tagger,
  spanish,
  thresholds,
  hasLexicon,
  isKnown,
  planned,
}: ManifestInput): Manifest {
  const counted = new Map<string, number>()
  for (const { class: phiClass, role, operator } of planned.flat()) {
    const key = `${phiClass}/${role}/${operator}`
    counted.set(key, (counted.get(key) ?? 0) + 1)
  }
  return {
    engine,
    profile: { name: profile.name, version: profile.version, sha256: profile.sha256 },
    label: profile.label,
    tables: TABLES.filter(({ id }) => profile.tables.includes(id)),
    tagger,
    ...(spanish !== undefined && { spanish }),
    ...(thresholds && {
      thresholds: Object.fromEntries(Object.entries(thresholds).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    }),
    ...(hasLexicon && { lexicon: true }),
    ...(isKnown && { known: planned.length }),
    documents: planned.length,
    counts: Object.fromEntries(Array.from(counted).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** The manifest of a release whose documents were done one by one. Throws RangeError when their rules differ. */
export function mergeManifests(first: Manifest, second: Manifest): Manifest {
  const { documents: firstDocuments, counts: firstCounts, known: firstKnown = 0, ...rules } = first
  const { documents, counts, known = 0, ...others } = second
  if (JSON.stringify(rules) !== JSON.stringify(others)) throw new RangeError('manifests of different rules')
  const keys = [...new Set([...Object.keys(firstCounts), ...Object.keys(counts)])].toSorted()
  return {
    ...rules,
    ...(firstKnown + known > 0 && { known: firstKnown + known }),
    documents: firstDocuments + documents,
    counts: Object.fromEntries(keys.map((key) => [key, (firstCounts[key] ?? 0) + (counts[key] ?? 0)])),
  }
}
