import { hashPhrase } from '../../gazetteer/hash.ts'
import { GAP, SHAPE, type Tokens } from '../tokens.ts'
import { ADDRESS_BLOCK_PATTERNS } from './address-blocks.ts'
import { ADDRESS_PATTERNS } from './addresses.ts'
import { AGE_PATTERNS } from './ages.ts'
import { CONTACT_PATTERNS, SIGNS } from './contacts.ts'
import { DATE_PART_PATTERNS } from './date-parts.ts'
import { DATE_PATTERNS } from './dates.ts'
import { LABELLED_PATTERNS } from './identifiers.ts'
import { NUMBERED_NAME_PATTERNS } from './numbered-names.ts'
import type { Candidate, Pattern } from './pattern.ts'
import { SHAPE_PATTERNS } from './shapes.ts'
import { TIME_PATTERNS } from './times.ts'

/** Every pattern, in the order in which they are tried. */
export const PATTERNS: readonly Pattern[] = [
  ...DATE_PATTERNS,
  ...DATE_PART_PATTERNS,
  ...TIME_PATTERNS,
  ...AGE_PATTERNS,
  ...CONTACT_PATTERNS,
  ...LABELLED_PATTERNS,
  ...NUMBERED_NAME_PATTERNS,
  ...SHAPE_PATTERNS,
  ...ADDRESS_PATTERNS,
  ...ADDRESS_BLOCK_PATTERNS,
]

const ON_NUMBER = PATTERNS.filter((pattern) => pattern.on === 'number')
const ON_CODE = PATTERNS.filter((pattern) => pattern.on === 'code')
const ON_WORD = byWord()

/** Most numbers and codes match nothing: one expression of all patterns, by their flags, says so in one attempt. */
const ANY_NUMBER = anyOf(ON_NUMBER)
const ANY_CODE = anyOf(ON_CODE)

function anyOf(patterns: readonly Pattern[]): readonly RegExp[] {
  return ['iy', 'y'].map((flags) => {
    const sources = patterns.map(({ regex }) => regex).filter((regex) => regex.flags === flags)
    return new RegExp(sources.map(({ source }) => `(?:${source})`).join('|'), flags)
  })
}

function mayMatch(any: readonly RegExp[], text: string, from: number): boolean {
  for (const regex of any) {
    regex.lastIndex = from
    const isMatch = regex.test(text)
    regex.lastIndex = 0
    if (isMatch) return true
  }
  return false
}

function byWord(): ReadonlyMap<number, readonly Pattern[]> {
  const map = new Map<number, Pattern[]>()
  for (const pattern of PATTERNS) {
    if (typeof pattern.on === 'string') continue
    for (const word of new Set(pattern.on)) {
      const { a } = hashPhrase(word)
      const list = map.get(a)
      if (list) list.push(pattern)
      else map.set(a, [pattern])
    }
  }
  return map
}

/** Runs every pattern where its trigger stands. */
export function matchPatterns(tokens: Tokens): Candidate[] {
  const found: Candidate[] = []
  const { text, count, start, shape, gap, hashA } = tokens
  let hyphen = -1
  for (let i = 0; i < count; i++) {
    const from = start[i] ?? 0
    const kind = shape[i] ?? 0
    if (kind < SHAPE.digits) {
      const patterns = ON_WORD.get(hashA[i] ?? 0)
      if (patterns) tryAll(patterns, text, from, found)
      // "ninety-three-year-old" is one word: its first part is a trigger too.
      if (hyphen < from) hyphen = nextHyphen(text, from)
      if (!patterns && hyphen < (tokens.end[i] ?? 0)) {
        const first = ON_WORD.get(hashPhrase(text.slice(from, hyphen).toLowerCase()).a)
        if (first) tryAll(first, text, from, found)
      }
      // "AB-1234" and "LAB_7": the letters end where a hyphen and a number follow.
      if (
        (kind === SHAPE.upper || kind === SHAPE.initial || kind === SHAPE.lower) &&
        startsCode(text, tokens.end[i] ?? 0)
      )
        tryCode(text, from, found)
      else if (text.charCodeAt(tokens.end[i] ?? 0) === 58 && kind === SHAPE.lower) tryCode(text, from, found)
      continue
    }
    const first = text.charCodeAt(from)
    if (first >= 48 && first <= 57) {
      // Inside a longer number only its beginning is tried.
      if (gap[i] === GAP.none && i > 0) continue
      const opens = text.charCodeAt(from - 1)
      if (mayMatch(ANY_NUMBER, text, from)) tryAll(ON_NUMBER, text, from, found)
      if (opens === 40 || opens === 43) tryAll(CONTACT_PATTERNS, text, from - 1, found)
      if (kind === SHAPE.alphanumeric) tryCode(text, from, found)
    } else tryCode(text, from, found)
  }
  matchSigns(text, found)
  return found
}

function nextHyphen(text: string, from: number): number {
  const at = text.indexOf('-', from)
  return at < 0 ? text.length : at
}

function startsCode(text: string, end: number): boolean {
  const mark = text.charCodeAt(end)
  if (mark !== 45 && mark !== 95 && mark !== 58) return false
  const next = text.charCodeAt(end + 1)
  return (next >= 48 && next <= 57) || mark === 58 || isUpperCode(next)
}

function isUpperCode(code: number): boolean {
  return code >= 65 && code <= 90
}

function tryCode(text: string, from: number, found: Candidate[]): void {
  if (mayMatch(ANY_CODE, text, from)) tryAll(ON_CODE, text, from, found)
}

function tryAll(patterns: readonly Pattern[], text: string, from: number, found: Candidate[]): void {
  for (const pattern of patterns) {
    const match = execAt(pattern.regex, text, from)
    if (!match) continue
    const value = match.groups?.['v'] ?? match[0]
    const end = from + match[0].length
    const start = end - value.length
    const score = pattern.judge ? pattern.judge(value, { text, start, end }) : pattern.score
    if (score > 0)
      found.push({ start, end, class: pattern.class, role: pattern.role ?? 'unknown', score, source: pattern.id })
  }
}

function matchSigns(text: string, found: Candidate[]): void {
  for (const { id, class: phiClass, sign, left, right, score } of SIGNS) {
    for (let at = text.indexOf(sign); at >= 0; ) {
      const after = at + sign.length
      const behind = execAt(left, text, at)
      const ahead = behind && execAt(right, text, after)
      const next = ahead ? after + ahead[0].length : after
      if (ahead)
        found.push({
          start: at - (behind[1]?.length ?? 0),
          end: next,
          class: phiClass,
          role: 'unknown',
          score,
          source: id,
        })
      at = text.indexOf(sign, next)
    }
  }
}

/** One attempt of a sticky expression at one place; nothing is left in it for the next call. */
function execAt(regex: RegExp, text: string, from: number): RegExpExecArray | null {
  regex.lastIndex = from
  const match = regex.exec(text)
  regex.lastIndex = 0
  return match
}
