import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { WORD } from './lexicon/words.ts'
import { pushName } from './name-parts.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, isWord, listedAt, type Reading, wordAt } from './reading.ts'
import { GAP } from './tokens.ts'

/** What a line of a patient's banner ends with behind the name: one number. */
const NUMBER = /^[ \t]{1,3}#?[A-Z]{0,4}-?\d[\dA-Z/-]{4,18}[ \t]*(?:\n|$)/i
const FEWEST_DIGITS = 5
const MAX_WORDS = 4
/** Words of such a line that name its number: "ROSE COUNT 12345" is no patient. */
const LABEL: ReadonlySet<number> = new Set(
  'number no code id account acct policy claim order lot serial ref reference case file chart box phone fax tel cell pager extension room bed unit model version count total invoice ticket record specimen accession protocol study grant award check level note report'
    .split(' ')
    .map((word) => hashPhrase(word).a),
)
const NEVER =
  WORD.specialty |
  WORD.facilityHead |
  WORD.facilityWeak |
  WORD.protect |
  WORD.visitVerb |
  WORD.credential |
  WORD.eponymTail |
  WORD.patientCue |
  WORD.clinicianCue |
  WORD.state |
  WORD.country
/** Whom a message asks: "Eve, can you pull the chart". */
const ASKED = /^, (?:can|could|would|will) (?:you|u)\b/i

/**
 * Names that their place in a text shows though each word is an ordinary one: alone on a line before a number ("ROSE WAY
 * WF667619"), and as the first word of a message that asks somebody.
 */
export function findBanners(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { text, end, count } = reading.tokens
  for (let i = 0; i < count; i++) {
    const isLineStart = i === 0 || (gapAt(reading, i) & GAP.newline) !== 0
    if (!isLineStart) continue
    const listed = listedAt(reading, i)
    const isName = (listed & (LISTED.first | LISTED.surname)) !== 0
    if (i === 0 && isName && !isWord(reading, i, WORD.stop) && ASKED.test(text.slice(end[i] ?? 0, (end[i] ?? 0) + 16)))
      pushName(reading, found, i, i, 'unknown', 0.6, 'name.asked')
    if ((listed & LISTED.first) === 0) continue
    const last = lastOfBanner(reading, i)
    if (last > i) pushName(reading, found, i, last, 'patient', 0.65, 'name.banner')
  }
  return found
}

/** The last of two to four words, each of which may be a name's, before the number that ends the line; or `first`. */
function lastOfBanner(reading: Reading, first: number): number {
  const { tokens } = reading
  for (let i = first; i < Math.min(tokens.count, first + MAX_WORDS); i++) {
    if (i > first && (gapAt(reading, i) & ~GAP.space) !== 0) return first
    if (LABEL.has(tokens.hashA[i] ?? 0) || isWord(reading, i, NEVER)) return first
    if (wordAt(tokens, i).length > 1 && (listedAt(reading, i) & (LISTED.first | LISTED.surname)) === 0) return first
    const from = tokens.end[i] ?? 0
    const number = i > first ? NUMBER.exec(tokens.text.slice(from, from + 28)) : null
    if (number && number[0].replace(/\D/g, '').length >= FEWEST_DIGITS) return i
  }
  return first
}
