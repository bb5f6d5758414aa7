import type { PhiClass } from '../types.ts'
import { LISTED } from '../gazetteer/gazetteer.ts'
import { isClinicalCode } from './clinical-codes.ts'
import { isTied } from './employers.ts'
import { isBrand } from './lexicon/brands.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, isDegreeBehind, isWord, listedAt, type Reading } from './reading.ts'
import { firstTokenAt, GAP } from './tokens.ts'

/** From here on evidence is strong, and nothing vetoes it. */
const STRONG = 0.6
/** Whom notes name and no record identifies. */
const GOD = /^god$/i
/** From here on a model is certain. */
const CERTAIN = 0.95
/** Rules that look at the shape of a number or code and at nothing around it. */
const SHAPES_ALONE: ReadonlySet<string> = new Set([
  'code.hashed',
  'code.lower',
  'code.mixed',
  'code.prefixed',
  'dea',
  'digits.grouped',
  'digits.run',
  'zip.plus-four',
])
const WORDED: ReadonlySet<PhiClass> = new Set(['NAME', 'CITY', 'COUNTY', 'FACILITY', 'EMPLOYER', 'STREET'])
/** A dose, a blood pressure, strength of 5/5, a score of ten, a post-operative day, a suture, a ratio, a per cent. */
const NUMBERED: ReadonlySet<PhiClass> = new Set([
  'PHONE',
  'FAX',
  'MRN',
  'PLAN_ID',
  'ACCOUNT',
  'OTHER_ID',
  'DEVICE',
  'SSN',
])
/** Cells of a table with up to three digits each: "88\t157/73\t57". */
const VITALS = /^\d{1,3}(?:[./]\d{1,3})?%?(?:\s{0,2}[\t\n|]\s{0,2}\d{1,3}(?:[./]\d{1,3})?%?)+$/
/** A visual acuity or a blood pressure, which no calendar has as month and day. */
const RATIO = /^(\d{1,3})\/(\d{1,3})$/
const LAST_DAY = 31
const LAST_MONTH = 12
const MEASURE =
  /^(?:[0-5][+-]?\/5|\d{1,2}\/10|\d{2,3}\/\d{2,3}|pod ?#?\d{1,3}|\d{1,2}-0|\d+(?:\.\d+)? ?(?:mg|mcg|ml|g|kg|units?|iu|mmhg|bpm|cm|mm|%|meq|mmol|l|hz|f|c)|\d+(?:\.\d+)?%|[a-z]\d{1,2}-[a-z]?\d{1,2})$/i

/**
 * Whether the protect list speaks against a candidate: only against a single list's word, a weak hit of the tagger, or a
 * bare shape, a listed name or a hit of the tagger in the code of a classification or a word of programs. A
 * shape with its context, a label or a known value is never vetoed.
 */
export function isVetoed(reading: Reading, { stage, source, score, class: phiClass, start, end }: Candidate): boolean {
  const isSomebody =
    phiClass === 'NAME' &&
    score >= CERTAIN &&
    (isRelated(reading, start) || isDegreeBehind(reading, firstTokenAt(reading.tokens, end)))
  if (stage === 'tagger' && !isSomebody && isNothing(reading, phiClass, start, end)) return true
  const isBare = stage === 'tagger' || SHAPES_ALONE.has(source) || source === 'name.listed'
  if (isBare && isClinicalCode(reading.tokens.text, start, end)) return true
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

/** What the tagger takes for an identifier, however sure it is, though it cannot be one: "20/40", "Swan-Ganz catheter", a brand. */
function isNothing(reading: Reading, phiClass: PhiClass, start: number, end: number): boolean {
  const { tokens } = reading
  const [, a = 0, b = 0] = (RATIO.exec(tokens.text.slice(start, end)) ?? []).map(Number)
  if (a > 0) return phiClass === 'DATE' && (a > LAST_DAY || b > LAST_DAY || (a > LAST_MONTH && b > LAST_MONTH))
  if (NUMBERED.has(phiClass) && VITALS.test(tokens.text.slice(start, end))) return true
  if (!WORDED.has(phiClass)) return false
  if (phiClass === 'NAME' && GOD.test(tokens.text.slice(start, end))) return true
  if (phiClass === 'EMPLOYER' && reading.isLowerCase && isOrdinary(reading, start, end))
    return !isTied(tokens.text, start)
  let last = -1
  for (let i = firstTokenAt(tokens, start); i < tokens.count && (tokens.start[i] ?? 0) < end; i++) {
    const isTool =
      isWord(reading, i, WORD.protect) && isWord(reading, i + 1, WORD.eponymTail) && gapAt(reading, i + 1) === GAP.space
    if (!isBrand(tokens.hashA[i] ?? 0) && !isTool && !(last >= 0 && isWord(reading, i, WORD.eponymTail))) return false
    last = i
  }
  return last >= 0
}

/** "her son Allegra": a brand too, but right behind a relative or a title. */
function isRelated(reading: Reading, start: number): boolean {
  const i = firstTokenAt(reading.tokens, start)
  return (
    i > 0 && gapAt(reading, i) === GAP.space && isWord(reading, i - 1, WORD.relation | WORD.title | WORD.clinicianTitle)
  )
}

/** "garden paper": words of the language, all of them. */
function isOrdinary(reading: Reading, start: number, end: number): boolean {
  const { tokens } = reading
  for (let i = firstTokenAt(tokens, start); i < tokens.count && (tokens.start[i] ?? 0) < end; i++)
    if ((listedAt(reading, i) & LISTED.safe) === 0) return false
  return true
}
