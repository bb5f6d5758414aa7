import type { PhiClass } from '../types.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, isWord, type Reading } from './reading.ts'
import { firstTokenAt, GAP } from './tokens.ts'

/** From here on evidence is strong, and nothing vetoes it. */
const STRONG = 0.6
const WORDED: ReadonlySet<PhiClass> = new Set(['NAME', 'CITY', 'COUNTY', 'FACILITY', 'EMPLOYER', 'STREET'])
/** A dose, a blood pressure, strength of 5/5, a score of ten, a post-operative day, a suture, a ratio, a per cent. */
const MEASURE =
  /^(?:[0-5][+-]?\/5|\d{1,2}\/10|\d{2,3}\/\d{2,3}|pod ?#?\d{1,3}|\d{1,2}-0|\d+(?:\.\d+)? ?(?:mg|mcg|ml|g|kg|units?|iu|mmhg|bpm|cm|mm|%|meq|mmol|l|hz|f|c)|\d+(?:\.\d+)?%|[a-z]\d{1,2}-[a-z]?\d{1,2})$/i

/**
 * Whether the protect list speaks against a candidate: only against a single list's word or a weak hit of the tagger. A
 * shape with its context, a label or a known value is never vetoed.
 */
export function isVetoed(reading: Reading, { stage, source, score, class: phiClass, start, end }: Candidate): boolean {
  const isWeak = score < STRONG && (stage === 'tagger' || (stage === undefined && source === 'name.listed'))
  if (!isWeak) return false
  const { tokens } = reading
  if (MEASURE.test(tokens.text.slice(start, end))) return true
  if (!WORDED.has(phiClass)) return false
  const first = firstTokenAt(tokens, start)
  let last = first
  for (let i = first; i < tokens.count && (tokens.start[i] ?? 0) < end; i++) {
    if (!isWord(reading, i, WORD.protect)) return false
    last = i
  }
  if (last === first && first >= tokens.count) return false
  // "Parkinson's disease", "Foley catheter", "Foley" alone; not "Parkinson, John".
  return gapAt(reading, last + 1) !== (GAP.comma | GAP.space)
}
