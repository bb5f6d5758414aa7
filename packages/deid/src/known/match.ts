import type { Candidate } from '../detect/patterns/pattern.ts'
import { type Reading, shapeAt, wordAt } from '../detect/reading.ts'
import { SHAPE } from '../detect/tokens.ts'
import { isWithin } from './distance.ts'
import type { KnownIndex } from './index-known.ts'
import { matchForms } from './match-forms.ts'
import { matchParts } from './match-parts.ts'
import { matchStems } from './match-stems.ts'

/** A number named by its end. */
const ENDING =
  /(?:\b(?:ending|ends|last (?:four|4)(?: digits?)?|final four)(?: (?:in|with|of|is|are))?[ :#]{0,2}|[x*•]{2,}[- ]?)$/i
const ENDING_WIDTH = 30
/** Digits of a number in which one may be mistyped and the number still be meant. */
const MIN_FUZZY_DIGITS = 7

/** Everything in a text that is one of the known values, or nearly. Offsets of the view. */
export function matchKnown(reading: Reading, index: KnownIndex): Candidate[] {
  return [
    ...matchForms(reading, index),
    ...matchParts(reading, index),
    ...matchStems(reading, index),
    ...matchNumbers(reading, index),
  ]
}

/** Last four digits where the text says that they are, and numbers with one digit mistyped. */
function matchNumbers(reading: Reading, { forms, lastFours }: KnownIndex): Candidate[] {
  const found: Candidate[] = []
  const numbers = [...forms.values()]
    .flat()
    .filter(({ kind, text }) => kind === 'digits' && text.length >= MIN_FUZZY_DIGITS)
  if (numbers.length === 0 && lastFours.size === 0) return found
  const { text, start, end, count } = reading.tokens
  for (let i = 0; i < count; i++) {
    if (shapeAt(reading, i) < SHAPE.digits) continue
    const word = wordAt(reading.tokens, i).toLowerCase()
    const [from, to] = [start[i] ?? 0, end[i] ?? 0]
    const phiClass = lastFours.get(word)
    if (phiClass && ENDING.test(text.slice(Math.max(0, from - ENDING_WIDTH), from)))
      found.push({
        start: from,
        end: to,
        class: phiClass,
        role: 'patient',
        score: 0.85,
        source: 'known.last-four',
        stage: 'known',
      })
    const near = numbers.find(
      (form) => word.length >= MIN_FUZZY_DIGITS - 1 && word !== form.text && isWithin(word, form.text, 1),
    )
    if (near)
      found.push({
        start: from,
        end: to,
        class: near.class,
        role: 'patient',
        score: 0.7,
        source: 'known.number-mistyped',
        stage: 'known',
      })
  }
  return found
}
