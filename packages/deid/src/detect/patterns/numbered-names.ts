import { at, before, type Pattern } from './pattern.ts'

const TITLE = /(?:^|[^A-Za-z])(?:Dr|Mrs?|Ms|Miss|Prof|Sr|Sra)\.?\s{1,3}$/
const WORD = "[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿA-ZÀ-ÖØ-Þ'’-]*[a-zß-öø-ÿ]\\d{1,3}(?![A-Za-z0-9])"

/**
 * Names of made-up patients, each word with a number at its end ("Pasquale620 Williamson769"): Synthea writes them so that
 * nobody takes them for real ones, and they are what a gateway is tried with first. One such word alone may be a code.
 */
export const NUMBERED_NAME_PATTERNS: readonly Pattern[] = [
  {
    id: 'name.numbered',
    class: 'NAME',
    on: 'code',
    regex: at(`${WORD}(?:[ ,]{1,2}${WORD}){0,4}`, ''),
    score: 0.9,
    judge: (value, around) => (/[ ,]/.test(value) || TITLE.test(before(around, 8)) ? 0.9 : 0),
  },
]
