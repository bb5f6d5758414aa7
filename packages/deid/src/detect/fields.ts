import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { WORD } from './lexicon/words.ts'
import { NOT_NAME } from './name-parts.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, isCapital, isInitial, isWord, listedAt, type Reading, wordAt } from './reading.ts'
import { GAP } from './tokens.ts'

/** What a field is called that holds a person and nothing else. */
const FIELDS: ReadonlySet<number> = new Set(
  'patient provider physician attending surgeon assistant resident intern fellow nurse rn scribe author caller typist aide tech technician witness surname forename lastname firstname last first client guarantor subscriber dependent insured interpreter therapist by'
    .split(' ')
    .map((word) => hashPhrase(word).a),
)
/** Of "by", what must stand before it: "seen by", "taken by". */
const DONE =
  /\b(?:seen|taken|typed|dictated|signed|referred|read|scribed|reviewed|written|entered|collected|drawn|witnessed|verified|ordered) $/i
const BETWEEN = /^"?(?: ?[:=|] ?| - |\t)[ \t]{0,12}"?$/
const CLOSED = /^"?[ \t]{0,3}(?:[\n\t|;}]|$|,? (?=\d)|,\s?")/
/** Cells of a row before the one with the sex. */
const SEXED = /^[ \t]?[|,\t;] ?(?:m|f|male|female)[ \t]?[|,\t;]/i
const NEVER =
  (NOT_NAME & ~WORD.stop) | WORD.protect | WORD.specialty | WORD.facilityWeak | WORD.visitVerb | WORD.credential
const MAX_WORDS = 4
const SAID =
  /^(?:none|unknown|unk|self|same|pending|family|friend|home|stable|yes|no|not|n|see|na|tbd|walk-in|other|staff|team|male|female|present|absent|initial|first|last|new|old)$/i

/** Names that are all of a field which holds persons ("Provider - Stress", `"author": "Pool"`), and of a row before the sex. */
export function findFieldNames(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { text, start, end, hashA, count } = reading.tokens
  for (let i = 1; i < count; i++) {
    const from = start[i] ?? 0
    if (FIELDS.has(hashA[i - 1] ?? 0) && isField(reading, i)) {
      const last = lastOfValue(reading, i)
      if (last >= i && CLOSED.test(text.slice(end[last] ?? 0, (end[last] ?? 0) + 6)))
        found.push(toName(from, end[last] ?? 0, 'name.field'))
    }
    const next = text.charCodeAt(end[i] ?? 0)
    if ((next === 124 || next === 9 || next === 44) && isRow(reading, i)) {
      found.push(toName(start[i - 1] ?? 0, end[i - 1] ?? 0, 'name.row'))
      found.push(toName(from, end[i] ?? 0, 'name.row'))
    }
  }
  return found
}

function toName(start: number, end: number, source: string): Candidate {
  return { start, end, class: 'NAME', role: 'unknown', score: 0.7, source }
}

function isField({ tokens }: Reading, i: number): boolean {
  const { text, start, end } = tokens
  if (!BETWEEN.test(text.slice(end[i - 1] ?? 0, Math.min(start[i] ?? 0, (end[i - 1] ?? 0) + 20)))) return false
  const label = start[i - 1] ?? 0
  const before = text.slice(Math.max(0, label - 12), label)
  if (wordAt(tokens, i - 1).toLowerCase() === 'by') return DONE.test(before)
  return /(?:^|[\n\t|;,{"] ?"?)$/.test(before)
}

/** The last of up to four words, each of which may be a name's; before the first one where it is none. */
function lastOfValue(reading: Reading, first: number): number {
  let last = first - 1
  for (let i = first; i < Math.min(reading.tokens.count, first + MAX_WORDS); i++) {
    if (i > first && (gapAt(reading, i) & ~(GAP.space | GAP.period | GAP.comma)) !== 0) break
    if (isInitial(reading, i) && i > first) {
      last = i
      continue
    }
    if (!isPart(reading, i)) return first - 1
    last = i
  }
  return last
}

function isPart(reading: Reading, i: number): boolean {
  if (isWord(reading, i, NEVER) || SAID.test(wordAt(reading.tokens, i))) return false
  const listed = listedAt(reading, i)
  if ((listed & (LISTED.first | LISTED.surname)) === 0) return listed === 0 && isCapital(reading, i)
  // A stop word is hardly ever somebody's name, unless a list of given names has it.
  if (isWord(reading, i, WORD.stop) && (listed & LISTED.first) === 0) return false
  return isCapital(reading, i) || reading.isLowerCase
}

/** "Low|Cane|F|": two cells of one word each at the start of a row, then the sex. */
function isRow(reading: Reading, i: number): boolean {
  const { text, start, end } = reading.tokens
  const to = end[i] ?? 0
  if (!SEXED.test(text.slice(to, to + 10))) return false
  if (!/^ ?[|,\t;] ?$/.test(text.slice(end[i - 1] ?? 0, start[i] ?? 0))) return false
  const from = start[i - 1] ?? 0
  return /(?:^|\n)$/.test(text.slice(Math.max(0, from - 1), from)) && isPart(reading, i - 1) && isPart(reading, i)
}
