/** What was trimmed, in counts; paths for whoever sent the request, and for nobody else. */
export interface TrimTally {
  fields: number
  records: number
  /** Removed records by type, as the log names it. */
  readonly byType: Map<string, number>
  /** `observation/performer`: how often. */
  readonly paths: Map<string, number>
}

const MAX_PATHS = 200
const MAX_TYPES = 16

export function createTrimTally(): TrimTally {
  return { fields: 0, records: 0, byType: new Map(), paths: new Map() }
}

export function countField(tally: TrimTally, path: string): void {
  tally.fields++
  if (tally.paths.size < MAX_PATHS || tally.paths.has(path)) tally.paths.set(path, (tally.paths.get(path) ?? 0) + 1)
}

export function countRecord(tally: TrimTally, code: string): void {
  tally.records++
  const name = tally.byType.size < MAX_TYPES || tally.byType.has(code) ? code : 'other'
  tally.byType.set(name, (tally.byType.get(name) ?? 0) + 1)
}

/** For the ledger: codes and numbers. */
export function countTrimmed(tally: TrimTally | undefined): Record<string, number> {
  if (!tally) return {}
  const types = [...tally.byType].map(([code, count]) => [`trimmed.records.${code}`.slice(0, 64), count])
  return { 'trimmed.fields': tally.fields, 'trimmed.records': tally.records, ...Object.fromEntries(types) }
}
