import type { PhiClass } from '@breakwater/deid'

/** What a token stands for: a class of identifier, or text that a caller typed in the shape of a token. */
export type TokenClass = PhiClass | 'LITERAL'

/**
 * The word that opens a token. Letters only, as models bring `_` and `-` back altered; each holds a vowel and none ends
 * in another, so that no token can be found inside another one.
 */
export const TOKEN_WORDS: Readonly<Record<TokenClass, string>> = {
  NAME: 'NAME',
  INITIALS: 'INITIALS',
  STREET: 'STREET',
  CITY: 'CITY',
  COUNTY: 'COUNTY',
  STATE: 'STATE',
  COUNTRY: 'COUNTRY',
  ZIP: 'ZIP',
  GEO: 'GEO',
  FACILITY: 'FACILITY',
  DATE: 'DATE',
  TIME: 'TIME',
  DATE_PART: 'DATEPART',
  YEAR: 'YEAR',
  AGE: 'AGE',
  PHONE: 'PHONE',
  FAX: 'FAX',
  EMAIL: 'EMAIL',
  SSN: 'SOCIAL',
  MRN: 'RECORD',
  PLAN_ID: 'PLANID',
  ACCOUNT: 'ACCOUNT',
  LICENCE: 'LICENCE',
  VEHICLE: 'VEHICLE',
  DEVICE: 'DEVICE',
  URL: 'URL',
  IP: 'IPADDRESS',
  BIOMETRIC: 'BIOMETRIC',
  PHOTO: 'PHOTO',
  OTHER_ID: 'OTHERID',
  USERNAME: 'LOGIN',
  CHARACTERISTIC: 'TRAIT',
  EMPLOYER: 'EMPLOYER',
  LITERAL: 'LITERAL',
}

/** Digits and consonants: without vowels no word appears by chance, and Y is not among them. */
export const TOKEN_ALPHABET = '0123456789BCDFGHJKLMNPQRSTVWXZ'
/** 30^12 is about 2^58.9 tokens a class and scope. */
export const TOKEN_SYMBOLS = 12

const WORDS = Object.values(TOKEN_WORDS)

const SHAPE = `(?:${WORDS.toSorted((a, b) => b.length - a.length).join('|')})[${TOKEN_ALPHABET}]{${TOKEN_SYMBOLS}}`

/** A matcher of one's own: a shared one would keep `lastIndex` between callers. Models change case, so case is ignored. */
export function createTokenMatcher(): RegExp {
  return new RegExp(SHAPE, 'gi')
}

export interface TextRange {
  readonly start: number
  readonly end: number
}

// By code of an ASCII character, in both cases.
const IS_SYMBOL = new Uint8Array(128)
for (const symbol of `${TOKEN_ALPHABET}${TOKEN_ALPHABET.toLowerCase()}`) IS_SYMBOL[symbol.charCodeAt(0)] = 1

/**
 * False for a text in which nothing has the shape of a token; true for few others. Symbols hold no vowel, so a text without
 * a run of twelve holds no token, and such a run covers one of every twelve characters: most texts are read at a twelfth.
 */
export function mayHoldToken(text: string): boolean {
  let end = TOKEN_SYMBOLS - 1
  while (end < text.length) {
    let at = end
    while (IS_SYMBOL[text.charCodeAt(at)] === 1) {
      if (end - at === TOKEN_SYMBOLS - 1) return true
      at--
    }
    end = at + TOKEN_SYMBOLS
  }
  return false
}

/** Where a text has the shape of a token, sorted, without overlaps. */
export function findTokenShapes(text: string): TextRange[] {
  if (!mayHoldToken(text)) return []
  return Array.from(text.matchAll(createTokenMatcher()), ({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }))
}

const LONGEST_TOKEN = Math.max(...WORDS.map(({ length }) => length)) + TOKEN_SYMBOLS

/** Where the token begins that a cut at this place would go through; the place itself where there is none. */
export function beforeToken(text: string, at: number): number {
  const from = Math.max(0, at - LONGEST_TOKEN)
  const cut = findTokenShapes(text.slice(from, at + LONGEST_TOKEN)).find(
    ({ start, end }) => from + start < at && at < from + end,
  )
  return cut ? from + cut.start : at
}

const OPENINGS = new Set(WORDS.flatMap((word) => Array.from(word, (_, length) => word.slice(0, length + 1))))
const OPEN_TOKEN = new RegExp(
  `(?<![A-Za-z0-9])(?:${[...OPENINGS].toSorted((a, b) => b.length - a.length).join('|')}|(?:${WORDS.join('|')})[${TOKEN_ALPHABET}]{1,${TOKEN_SYMBOLS - 1}})$`,
)

/** Where the text ends without what may be the beginning of a token that it cuts short. */
export function beforeOpenToken(text: string): number {
  const at = text.slice(-LONGEST_TOKEN).search(OPEN_TOKEN)
  return at === -1 ? text.length : Math.max(0, text.length - LONGEST_TOKEN) + at
}

const WORD_CHARACTER = /[\p{L}\p{N}]/u

/**
 * The text, of the same length, as a detector is to read it: what stands right beside a token would be one long word with
 * it, and no rule knows a number that begins inside of a word.
 */
export function setApart(text: string, tokens: readonly TextRange[]): string {
  let result = ''
  let at = 0
  for (const { start, end } of tokens) {
    const opens = start > 0 && WORD_CHARACTER.test(text.charAt(start - 1))
    const closes = end < text.length && WORD_CHARACTER.test(text.charAt(end))
    if (!opens && !closes) continue
    result += text.slice(at, start) + (opens ? ' ' : '') + text.slice(start + Number(opens), end - Number(closes))
    if (closes) result += ' '
    at = end
  }
  return result + text.slice(at)
}
