import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, isCapital, isInitial, isWord, type Reading, shapeAt, wordAt } from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

const CUE =
  /(?:\b(?:works?(?! ?-?up)|worked(?! up)|working(?! up)|employed|job|position|career|laid off|fired|retired|intern(?:s|ed)?|volunteers?|drives?|driver|clerk|manager|engineer|cashier|technician|foreman|supervisor|accountant|teacher)(?: [a-z-]{1,14}){0,4} (?:at|for|by)|\b(?:employer|company|workplace|occupation)(?: is| was)?\s?[:=]?)(?: the)?\s$/i
const CUE_END = /^(?:at|for|by|from|with|the|employer|company|workplace|occupation|is|was)$/i
const COMPANY = /^(?:inc|llc|llp|corp|corporation|ltd|plc|gmbh)$/i
const PARTNERED = /^(?:sons?|co|company|associates|partners|daughters?|brothers|bros|affiliates)$/i
const LOOK_BACK = 90

const TIED =
  /\b(?:work|employ|job|position|career|compan|workplace|occupation|laid off|fired|retire|hired|intern|volunteer|driv|clerk|manag|engineer|cashier|technician|foreman|supervis|account|teach|boss|colleague|cowork|business|owns|runs|shift|plant|factory|union|insur|benefit|payroll|hr\b)/i

/** Whether anything before a place speaks of work: without it ordinary words in small letters are no company. */
export function isTied(text: string, start: number): boolean {
  return TIED.test(text.slice(Math.max(0, start - LOOK_BACK), start))
}

/** Organisations tied to a person: "works at Harlow Freight", "employed by ..."; and names that end in Inc or LLC. */
export function findEmployers(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  for (let i = 1; i < reading.tokens.count; i++) {
    if (!isCapital(reading, i)) continue
    addCued(reading, i, found)
    addCompany(reading, i, found)
  }
  return found
}

function addCued(reading: Reading, i: number, found: Candidate[]): void {
  const { text, start, end } = reading.tokens
  if (!CUE_END.test(wordAt(reading.tokens, i - 1))) return
  const from = start[i] ?? 0
  if (!CUE.test(text.slice(Math.max(0, from - LOOK_BACK), from))) return
  const never = WORD.relation | WORD.title | WORD.clinicianTitle | WORD.calendar | WORD.stop | WORD.care
  if (isWord(reading, i, never)) return
  const last = runEnd(reading, i)
  if (last === i && shapeAt(reading, i) === SHAPE.upper && wordAt(reading.tokens, i).length < 3) return
  push(found, from, end[last] ?? 0, 0.7, 'employer.cue')
}

function addCompany(reading: Reading, i: number, found: Candidate[]): void {
  const { start, end } = reading.tokens
  if (!COMPANY.test(wordAt(reading.tokens, i))) return
  let first = i
  while (first > 0 && i - first < 4 && isJoined(reading, first)) first--
  if (first < i) push(found, start[first] ?? 0, end[i] ?? 0, 0.6, 'employer.company')
}

/** Token i stands right behind another word of the same company's name. */
function isJoined(reading: Reading, i: number): boolean {
  const gap = gapAt(reading, i) & ~(GAP.space | GAP.comma | GAP.hyphen)
  return gap === 0 && isCapital(reading, i - 1) && !isWord(reading, i - 1, WORD.stop)
}

function push(found: Candidate[], start: number, end: number, score: number, source: string): void {
  found.push({ start, end, class: 'EMPLOYER', role: 'employer', score, source })
}

function runEnd(reading: Reading, i: number): number {
  let last = i
  for (let j = i + 1; j < Math.min(reading.tokens.count, i + 6); j++) {
    const between = reading.tokens.text.slice(reading.tokens.end[j - 1] ?? 0, reading.tokens.start[j] ?? 0)
    if (!/^(?:'s)?(?: | & | - |, (?=(?:Inc|LLC|Corp|Ltd)))$/.test(between)) break
    if (!isCapital(reading, j) && !isInitial(reading, j) && !/^(?:of|and|the)$/.test(wordAt(reading.tokens, j))) break
    // In capitals a clause goes on where a company's name would: "AND EXPOSED TO".
    if (reading.isUpperCase && isWord(reading, j, WORD.stop) && !PARTNERED.test(wordAt(reading.tokens, j + 1))) break
    if (isCapital(reading, j) || isInitial(reading, j)) last = j
  }
  return last
}
