/** An age as it was written, in whole years. */
export interface StatedAge {
  readonly years: number
  /** What was written is already no finer than "90 or older", or speaks of no person's age: it may stay. */
  readonly mayStay: boolean
  /** UTF-16 units before the surface that belong to the expression, e.g. "in her ". */
  readonly leadLength: number
  /** What stands in place of an age of 90 or more. */
  readonly topCoded: string
}

/** 45 CFR 164.514(b)(2)(i)(C): all ages over 89 may only be told as one category. */
export const TOP_AGE = 90

const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'
const UNITS_ES =
  'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve'
const TENS_ES = 'treinta cuarenta cincuenta sesenta setenta ochenta noventa cien'
/** In the feminine, and before a noun. */
const ONE_ES: readonly [string, number][] = [
  ['un', 1],
  ['una', 1],
  ['veintiun', 21],
  ['veintiuna', 21],
  ['ciento', 100],
]
const WORD_VALUES: ReadonlyMap<string, number> = new Map([
  ...UNITS_ES.split(' ').map((word, index): [string, number] => [word, index]),
  ...TENS_ES.split(' ').map((word, index): [string, number] => [word, (index + 3) * 10]),
  ...ONE_ES,
  ...UNITS.split(' ').map((word, index): [string, number] => [word, index]),
  ...TENS.split(' ').map((word, index): [string, number] => [word, (index + 2) * 10]),
])
const DECADE_WORDS: Readonly<Record<string, number>> = {
  twenties: 20,
  thirties: 30,
  forties: 40,
  fifties: 50,
  sixties: 60,
  seventies: 70,
  eighties: 80,
  nineties: 90,
}
const PERSON_WORDS: Readonly<Record<string, number>> = {
  sexagenarian: 60,
  septuagenarian: 70,
  octogenarian: 80,
  nonagenarian: 90,
  centenarian: 100,
  supercentenarian: 110,
}
/** The longer ones first: one holds another. */
const YEARS_OF_WORDS = [...Object.entries(PERSON_WORDS).toReversed(), ...Object.entries(DECADE_WORDS)]

const TOP_CODED = /^(?:(?:aged?\s+)?90 or (?:older|more|above|over)|90\s?\+|person aged 90 or older)/i
const TOP_CODED_REST = /^\s*(?:years?(?: of age| old)?\s*)?(?:\+|(?:or|and) (?:older|more|above|over)\b)/i
/** A unit or sign after a bare number which says that it is no age. */
const NOT_AN_AGE =
  /^[\s-]*(?:days?|d\/|hours?|hrs?|min(?:ute)?s?|sec(?:ond)?s?|weeks?|wks?|months?|mos?\b|mg|mcg|\u00b5g|ug|g\b|kg|lbs?|ml|mmhg|mm\b|cm\b|iu\b|units?|bpm|%|percent|percentile|mmol|meq|\/\s?\d|\.\d)/i
const CRITERION =
  /\b(?:exclu\w+|inclu(?:de|ded|sion)\w*|eligib\w+|criteri\w+|enrol\w*|guidelines?|recommend\w*|contraindicat\w*|screening|trial|patients|adults|individuals|people|participants|subjects|those|persons)\b/i
const ABOVE = /(?:>|\bover|\bolder than|\babove|\bmore than|\bgreater than)\s*(?:age\s*)?$/i
const AT_LEAST = /(?:[\u2265]|>=|\bat least)\s*(?:age\s*)?$/i
const BELOW = /(?:[<\u2264]|<=|\bunder|\byounger than|\bbelow|\bless than|\bup to|\bat most)\s*(?:age\s*)?$/i
const DECADE_LEAD = /\bin (?:her|his|their|the|my|your) (?:(?:early|mid|late)[ -])?$/i
const LABEL_LEAD = /^(?:age\s?[:=]|aged?)\s*/i

/** No age has four digits. */
const MORE_THAN_AGE = /\d{4}|@|:\/\//
const CAPITALISED = /(?<!\p{L})\p{Lu}\p{L}{2,}/gu
/** What a stated age is written with, and may be capitalised. */
const AGE_WORD =
  /^(?:aged?|ages|edad|years?|yrs?|olds?|a\u00f1os?|anos?|months?|meses|mes|mos|weeks?|wks?|semanas?|days?|d\u00edas?|dias?|birthday|turn(?:ed|ing|s)|early|mid|late|her|his|their|and|over|under|about|nearly|almost|fe?male|man|woman|boy|girl|lady|gentleman|person|patient|older|more|above|half|now|hundred|(?:twen|thir|for|fif|six|seven|eigh|nine)(?:ty|ties|teen)|(?:super)?cente\w+|\w+genarians?)$/i

/** What is read is the end of a number in words: "noventa y | tres anos". */
const NUMBER_GOES_ON = /(?:(?:trei|cuare|cincue|sese|sete|oche|nove)nta\s+y|\bcien(?:to)?)\s+$/i

/** Whether a surface holds nothing but an age: what is more than that must not stay with it. */
function isAgeAlone(surface: string): boolean {
  if (MORE_THAN_AGE.test(surface)) return false
  const words = surface.match(CAPITALISED) ?? []
  return words.every((word) => AGE_WORD.test(word) || readNumberWords(word) !== undefined)
}

/** The whole number that words say: "ninety-three", "one hundred and two"; undefined when there is none. */
function readNumberWords(text: string): number | undefined {
  let total: number | undefined
  const folded = text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
  for (const word of folded.split(/[\s-]+/)) {
    if (word === 'a' && total === undefined) continue
    if ((word === 'and' || word === 'y') && total !== undefined) continue
    if (word === 'hundred') total = (total ?? 1) * 100
    else {
      const value = WORD_VALUES.get(word)
      if (value === undefined) {
        if (total !== undefined) break
        continue
      }
      total = (total ?? 0) + value
    }
  }
  return total
}

/**
 * Whole years that a surface states: numerals with a unit (`095Y`, `30 months`), words, decades; undefined if none.
 * A lone M counts months only after a leading zero, as DICOM writes them (PS3.5 6.2, AS): `95M` is a man of 95.
 */
function readYearsOfAge(surface: string): number | undefined {
  const text = surface.toLowerCase()
  for (const [word, years] of YEARS_OF_WORDS) {
    if (text.includes(word)) return years
  }
  const numeral = /(\d{1,3})\s*-?\s*([a-z]*)/.exec(text)
  if (!numeral) return readNumberWords(text)
  const amount = Number(numeral[1])
  const unit = numeral[2] ?? ''
  const isMonths = /^(?:mos?|months?)$/.test(unit) || (unit === 'm' && text.startsWith('0', numeral.index))
  if (isMonths) return Math.floor(amount / 12)
  if (/^w(?:k|ks|eeks?)?$/.test(unit)) return Math.floor(amount / 52.2)
  if (/^d(?:ays?)?$/.test(unit)) return Math.floor(amount / 365.25)
  return amount
}

/** Reads an age with the text around it (one sentence is enough). Undefined when no number can be read, or more stands there. */
export function parseAge(surface: string, before: string, after: string): StatedAge | undefined {
  const years = isAgeAlone(surface) && !NUMBER_GOES_ON.test(before) ? readYearsOfAge(surface) : undefined
  if (years === undefined) return undefined
  const mayStay =
    years < TOP_AGE || isCategory(surface, after) || isNoAge(surface, after) || isLimit(surface, before, after)
  const isDecade = /(?:\d0'?s|ties)$/i.test(surface)
  const leadLength = isDecade ? (DECADE_LEAD.exec(before)?.[0].length ?? 0) : 0
  return { years, mayStay, leadLength, topCoded: describeTopAge(surface, before) }
}

/** Written as "90 or older" already. */
function isCategory(surface: string, after: string): boolean {
  return TOP_CODED.test(surface + after) || (/^\D*90\D*$/.test(surface) && TOP_CODED_REST.test(after))
}

function isNoAge(surface: string, after: string): boolean {
  const numeral = /^\D*\d+/.exec(surface)
  return numeral !== null && NOT_AN_AGE.test(surface.slice(numeral[0].length) + after)
}

/** A bound that a rule sets ("age > 90 excluded"), or one that is no finer than the category. */
function isLimit(surface: string, before: string, after: string): boolean {
  const lead = before + (/^[^\d]*?(?=\d|$)/.exec(surface)?.[0] ?? '')
  if (BELOW.test(lead)) return true
  if (AT_LEAST.test(lead) && /(?<!\d)90(?!\d)/.test(surface)) return true
  return (ABOVE.test(lead) || AT_LEAST.test(lead)) && CRITERION.test(`${before} ${after}`)
}

function describeTopAge(surface: string, before: string): string {
  if (/genarian|centenarian/i.test(surface)) return 'person aged 90 or older'
  if (/^\d/.test(surface) && ABOVE.test(before)) return String(TOP_AGE - 1)
  if (/^\d/.test(surface) && AT_LEAST.test(before)) return String(TOP_AGE)
  return `${LABEL_LEAD.exec(surface)?.[0] ?? ''}90 or older`
}
