import type { MinimumRules, MinimumTrial } from '@breakwater/contract'
import { createTrimTally } from './tally.ts'
import { trimRecords } from './trim-body.ts'

/** What rules leave of a text, and what they left out. Throws `minimum.not-permitted`, `minimum.unreadable`. */
export function tryRules(rules: MinimumRules, text: string, now: Date): MinimumTrial {
  const tally = createTrimTally()
  const left = trimRecords(text, rules, now, tally)
  const places = [...tally.paths].map(([place, count]) => ({ place, count }))
  return { left, fields: tally.fields, records: tally.records, places }
}
