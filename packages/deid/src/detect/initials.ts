import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, hasBefore, isInitial, isWord, type Reading, startsSentence, wordAt } from './reading.ts'
import { GAP } from './tokens.ts'

/** "patient J.D.", "initials: A. B. C."; also "J.D., a 45-year-old" and where a sentence opens with them. */
export function addInitials(reading: Reading, i: number, found: Candidate[]): void {
  const { tokens } = reading
  if (isInitial(reading, i - 1) && gapAt(reading, i) === GAP.period) return
  const match = INITIALS.exec(tokens.text.slice(tokens.start[i] ?? 0, (tokens.start[i] ?? 0) + 16))
  if (!match) return
  const end = (tokens.start[i] ?? 0) + match[0].length
  const cued =
    isWord(reading, i - 1, WORD.patientCue | WORD.relation | WORD.namedCue) ||
    /^initials$/i.test(wordAt(tokens, Math.max(0, i - 1)))
  const aged =
    /^,? (?:is )?an? \d{1,3}/.test(tokens.text.slice(end, end + 14)) ||
    (hasBefore(reading, i, WORD.patientCue, 8) &&
      (gapAt(reading, i) & GAP.comma) !== 0 &&
      tokens.text.charAt(end) === ',')
  // A sentence is about somebody: "J.D., SSN ending ..", "R.K. was seen".
  const opens =
    startsSentence(reading, i) &&
    !ABBREVIATED.test(match[0]) &&
    /^(?:,| (?:is|was|has|had|reports|denies|presents|lives)\b)/.test(tokens.text.slice(end, end + 12))
  if (!cued && !aged && !opens) return
  found.push({
    start: tokens.start[i] ?? 0,
    end,
    class: 'INITIALS',
    role: 'patient',
    score: 0.8,
    source: 'name.initials',
  })
}

const ABBREVIATED =
  /^(?:U\.S|U\.K|E\.R|I\.[VMCQ]|P\.[OMR]|A\.M|O\.R|L\.P|C\.T|M\.R|H\.R|B\.P|D\.C|T\.B|G\.I|G\.U|[BTQ]\.I\.D|Q\.[DHO]|P\.R\.N|N\.P\.O|A\.S\.A)\./
const INITIALS = /^[A-Z]\. ?[A-Z]\.(?: ?[A-Z]\.)?/
