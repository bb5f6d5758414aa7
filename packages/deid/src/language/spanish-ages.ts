import type { Candidate } from '../detect/patterns/pattern.ts'

const ONES = '(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|tantos|tantas|pico)'
const TEENS =
  '(?:diez|once|doce|trece|catorce|quince|dieci(?:seis|siete|ocho|nueve)|veinte|veinti(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))'
const TENS = '(?:treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa)'
const BELOW_HUNDRED = `(?:${TENS}(?:\\s{1,3}y\\s{1,3}${ONES})?|${TEENS}|${ONES})`
/** "noventa y tres anos", "ciento dos anos de edad": in the folded view, which has no accents. */
const AGE = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:cien(?:to)?(?:\\s{1,3}${BELOW_HUNDRED})?|${BELOW_HUNDRED})\\s{1,3}anos?(?:\\s{1,3}de\\s{1,3}edad)?(?![\\p{L}\\p{N}])`,
  'giu',
)
const SCORE = 0.9

/** Ages in Spanish words, whole; linear time. How old one may be and stay is the profile's to say. */
export function findSpanishAges(text: string): Candidate[] {
  return Array.from(text.matchAll(AGE), ({ 0: surface, index }) => ({
    start: index,
    end: index + surface.length,
    class: 'AGE',
    role: 'unknown',
    score: SCORE,
    source: 'age.spanish',
  }))
}
