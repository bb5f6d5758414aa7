import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { openGazetteer } from '../gazetteer/gazetteer.ts'
import type { PlannedSpan, ProfileName } from '../types.ts'
import {
  addresses,
  birthDates,
  cuedWords,
  emails,
  type ExactCase,
  identifiers,
  phones,
  singleWords,
  wholeNames,
} from './exact-samples.ts'
import { createOrdinary } from './index-known.ts'
import { readKnownPatient } from './index.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const engine = createTextEngine({ gazetteer })
const isOrdinary = createOrdinary(openGazetteer(gazetteer))

/** `EXACT_RUNS=200000 EXACT_SEED=1 npx vitest run packages/deid/src/known/exact-forms.test.ts` is the long run. */
const RUNS = Number(process.env['EXACT_RUNS'] ?? 600)
const SEED = Number(process.env['EXACT_SEED'] ?? 17)
const PROFILES: readonly ProfileName[] = ['safe-harbor', 'gateway']

/** Letters and digits of the value that the profile would let out. */
function findEscaped({ text, at, value, record }: ExactCase, profile: ProfileName): string {
  const spans: readonly PlannedSpan[] = engine.plan([text], profile, { known: [readKnownPatient(record)] })[0] ?? []
  return Array.from({ length: value.length }, (_, i) => at + i)
    .filter((i) => /[\p{L}\p{N}]/u.test(text.charAt(i)) && !spans.some(({ start, end }) => start <= i && i < end))
    .map((i) => text.charAt(i))
    .join('')
}

describe('every exact form of a known patient is covered whole, wherever it stands', () => {
  test.for<[string, fc.Arbitrary<ExactCase>]>([
    ['whole names', wholeNames(isOrdinary)],
    ['one word of a name', singleWords(isOrdinary)],
    ['one ordinary or short word with a cue', cuedWords],
    ['birth dates', birthDates],
    ['telephone numbers', phones],
    ['identifiers', identifiers],
    ['street lines', addresses],
    ['e-mail addresses', emails],
  ])('%s (DI-01, DI-06)', { timeout: 3_600_000 }, ([, cases]) => {
    fc.assert(
      fc.property(cases, (one) => {
        for (const profile of PROFILES)
          expect({ ...one, escaped: findEscaped(one, profile) }).toMatchObject({ escaped: '' })
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
})
