import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, isCapital, isInitial, isWord, type Reading, shapeAt, wordAt } from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

const CUE =
  /(?:\b(?:works?(?! ?-?up)|worked(?! up)|working(?! up)|employed|job|position|career|laid off|fired|retired|intern(?:s|ed)?|volunteers?|drives?|driver|clerk|manager|engineer|cashier|technician|foreman|supervisor|accountant|teacher)(?: [a-z-]{1,14}){0,4} (?:at|for|by)|\b(?:employer|company|workplace|occupation)(?: is| was)?\s?[:=]?)(?: the)?\s$/i
const COMPANY =
  /^(?:inc|llc|llp|corp|corporation|company|co|ltd|plc|gmbh|industries|enterprises|holdings|logistics|manufacturing|construction|brothers|bros|airlines|motors|bank|foods|stores|partners|consulting|solutions|technologies|systems)$/i

/** Organisations tied to a person: "works at Harlow Freight", "employed by ..."; and names that end in Inc or LLC. */
export function findEmployers(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { tokens } = reading
  for (let i = 1; i < tokens.count; i++) {
    const previous = wordAt(tokens, i - 1)
    const cueWord = /^(?:at|for|by|from|with|the|employer|company|workplace|occupation|is|was)$/i.test(previous)
    if (isCapital(reading, i) && cueWord) {
      const start = tokens.start[i] ?? 0
      if (
        CUE.test(tokens.text.slice(Math.max(0, start - 90), start)) &&
        !isWord(reading, i, WORD.relation | WORD.title | WORD.clinicianTitle | WORD.calendar | WORD.stop | WORD.care)
      ) {
        const last = runEnd(reading, i)
        const single = last === i && shapeAt(reading, i) === SHAPE.upper && wordAt(tokens, i).length < 3
        if (!single)
          found.push({
            start,
            end: tokens.end[last] ?? 0,
            class: 'EMPLOYER',
            role: 'employer',
            score: 0.7,
            source: 'employer.cue',
          })
      }
    }
    if (
      COMPANY.test(wordAt(tokens, i)) &&
      isCapital(reading, i) &&
      /^(?:inc|llc|llp|corp|corporation|ltd|plc|gmbh)$/i.test(wordAt(tokens, i))
    ) {
      let first = i
      while (
        first > 0 &&
        i - first < 4 &&
        (gapAt(reading, first) & ~(GAP.space | GAP.comma | GAP.hyphen)) === 0 &&
        isCapital(reading, first - 1) &&
        !isWord(reading, first - 1, WORD.stop)
      )
        first--
      if (first < i)
        found.push({
          start: tokens.start[first] ?? 0,
          end: tokens.end[i] ?? 0,
          class: 'EMPLOYER',
          role: 'employer',
          score: 0.6,
          source: 'employer.company',
        })
    }
  }
  return found
}

function runEnd(reading: Reading, i: number): number {
  let last = i
  for (let j = i + 1; j < Math.min(reading.tokens.count, i + 6); j++) {
    const between = reading.tokens.text.slice(reading.tokens.end[j - 1] ?? 0, reading.tokens.start[j] ?? 0)
    if (!/^(?:'s)?(?: | & | - |, (?=(?:Inc|LLC|Corp|Ltd)))$/.test(between)) break
    if (!isCapital(reading, j) && !isInitial(reading, j) && !/^(?:of|and|the)$/.test(wordAt(reading.tokens, j))) break
    if (isCapital(reading, j) || isInitial(reading, j)) last = j
  }
  return last
}
