import { TOKEN_ALPHABET, TOKEN_SYMBOLS, TOKEN_WORDS } from '../tokens/shape.ts'
import type { TextRange } from '../tokens/shape.ts'

/**
 * What stands at a place of a text.
 * - `whole`: the shape of a token, in one of the forms that models give it; `token` is its own spelling
 * - `open`: the text ends before that is settled; `token` is as much of it as is there
 * - `broken`: a token's word and some symbols, and then something else: cut short or altered
 */
export type TokenReading =
  | { readonly kind: 'whole'; readonly token: string; readonly end: number }
  | { readonly kind: 'open' | 'broken'; readonly token: string }

/** A form may not be longer, so that a text that never ends in a token is not held back for ever. */
const MAX_FORM_LENGTH = 120
/** Fewer symbols than these say nothing: any word may begin so. */
const MIN_BROKEN_SYMBOLS = 4
const MAX_JOINT_LENGTH = 12
const CASE_BIT = 0x20

const SYMBOLS = new Set(Array.from(TOKEN_ALPHABET, (symbol) => symbol.charCodeAt(0)))
const WORDS = Object.values(TOKEN_WORDS).toSorted((a, b) => b.length - a.length)
const BY_FIRST = Map.groupBy(WORDS, (word) => word.charCodeAt(0))

/** By two ASCII characters: whether a word begins with both, in any case; or with the first, and what follows joins. */
const MAY_BEGIN = new Uint8Array(128 * 128)
const JOINS_ASCII = ['\n', '\r', '&'].map((character) => character.charCodeAt(0))
for (const word of WORDS) {
  const [first, second] = [word.charCodeAt(0), word.charCodeAt(1)]
  for (const a of [first, first | CASE_BIT]) {
    for (const b of [second, second | CASE_BIT, ...JOINS_ASCII]) MAY_BEGIN[a * 128 + b] = 1
  }
}
const AMPERSAND = 0x26

/** The next place from `from` on where a token may begin, in any form; the text's length when there is none. */
export function nextPlace(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 128) continue
    const isLast = at + 1 === text.length
    const next = isLast ? 0 : text.charCodeAt(at + 1)
    if (
      code === AMPERSAND
        ? isLast || next === 0x23
        : isLast || next >= 128
          ? BY_FIRST.has(upper(code))
          : MAY_BEGIN[code * 128 + next] === 1
    )
      return at
  }
  return text.length
}

/**
 * Reads a token at a place: letters in any case; soft hyphens, characters of no width, wrapped lines and HTML entities
 * inside it; a blank, hyphen or underscore, escaped or not, behind its word.
 */
export function readToken(text: string, at: number): TokenReading | undefined {
  const first = readCharacter(text, at)
  if (first === undefined) return undefined
  if (first === 'open') return { kind: 'open', token: '' }
  let best: TokenReading | undefined
  for (const word of BY_FIRST.get(first.code) ?? []) {
    const reading = readForm(text, at, word)
    if (reading?.kind === 'whole') return reading
    if (reading && best?.kind !== 'open') best = reading
  }
  return best
}

function readForm(text: string, start: number, word: string): TokenReading | undefined {
  let at = start
  // Mostly it is spelled as it is; from the first character on that is not, it is put together.
  let token: string | undefined
  for (let index = 0; index < word.length + TOKEN_SYMBOLS; index++) {
    const from = at
    if (index > 0) at = skipJoint(text, at)
    if (index === word.length) at = skipSeparator(text, at)
    if (at !== from) token ??= spelled(text, start, from)
    if (at - start > MAX_FORM_LENGTH) return undefined
    if (at >= text.length) return { kind: 'open', token: token ?? spelled(text, start, at) }
    let code = text.charCodeAt(at)
    let end = at + 1
    if (code === AMPERSAND) {
      const character = readCharacter(text, at)
      token ??= spelled(text, start, at)
      if (character === 'open') return { kind: 'open', token }
      code = character?.code ?? 0
      end = character?.end ?? end
    } else code = upper(code)
    if (!(index < word.length ? code === word.charCodeAt(index) : SYMBOLS.has(code))) {
      if (index < word.length + MIN_BROKEN_SYMBOLS) return undefined
      return { kind: 'broken', token: token ?? spelled(text, start, at) }
    }
    if (token !== undefined) token += String.fromCharCode(code)
    at = end
  }
  return { kind: 'whole', token: token ?? spelled(text, start, at), end: at }
}

function spelled(text: string, start: number, end: number): string {
  return text.slice(start, end).toUpperCase()
}

interface Character {
  /** In upper case. */
  readonly code: number
  readonly end: number
}

const ENTITY = /&#(?:(\d{2,3})|[xX]([0-9a-fA-F]{2}));/y
const OPEN_ENTITY = /&(?:#(?:\d{0,3}|[xX][0-9a-fA-F]{0,2}))?$/y

/** An ASCII letter or digit, as it stands or as an entity; `open` for an entity that the text cuts. */
function readCharacter(text: string, at: number): Character | 'open' | undefined {
  const code = text.charCodeAt(at)
  if (code !== AMPERSAND) return code < 128 ? { code: upper(code), end: at + 1 } : undefined
  ENTITY.lastIndex = at
  const entity = ENTITY.exec(text)
  if (entity) {
    const [whole, decimal, hex] = entity
    return { code: upper(decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)), end: at + whole.length }
  }
  OPEN_ENTITY.lastIndex = at
  return OPEN_ENTITY.test(text) ? 'open' : undefined
}

function upper(code: number): number {
  return code >= 0x61 && code <= 0x7a ? code & ~CASE_BIT : code
}

const JOINT =
  /(?:[\u00ad\u180e\u200b-\u200d\u2060\ufeff]|&(?:shy|zwnj|zwj|ZeroWidthSpace|NoBreak|#8203|#x200[bB]|#173);|\r?\n[ \t>]{0,8})+/y
const OPEN_JOINT = /(?:&[#A-Za-z0-9]{0,14}|\r)$/y

/** Behind what a reader does not see inside a word; at the text's end when it may go on there. */
function skipJoint(text: string, at: number): number {
  const code = text.charCodeAt(at)
  // Most characters are letters and digits.
  if (code > 0x2f && code < 0x80) return at
  JOINT.lastIndex = at
  const end = JOINT.test(text) ? Math.min(JOINT.lastIndex, at + MAX_JOINT_LENGTH) : at
  OPEN_JOINT.lastIndex = end
  return OPEN_JOINT.test(text) && !isEntityOfCharacter(text, end) ? text.length : end
}

function isEntityOfCharacter(text: string, at: number): boolean {
  ENTITY.lastIndex = at
  return ENTITY.test(text)
}

const SEPARATOR = /\\?[_\u2010-\u2013 -]/y

/** Behind one blank, hyphen or underscore between word and symbols. */
function skipSeparator(text: string, at: number): number {
  if (text.charCodeAt(at) === 0x5c && at + 1 === text.length) return text.length
  SEPARATOR.lastIndex = at
  return SEPARATOR.test(text) ? skipJoint(text, SEPARATOR.lastIndex) : at
}

const DIGITS_ONLY = /\d{12}$/

/**
 * Where a text holds tokens, sorted, without overlaps: this request's own in any form, and whatever else is spelled as a token
 * is. Twelve digits behind a word are a number.
 */
export function findTokenForms(text: string, isOwn: (token: string) => boolean): TextRange[] {
  const ranges: TextRange[] = []
  for (let at = nextPlace(text, 0); at < text.length; at = nextPlace(text, at)) {
    const reading = readToken(text, at)
    if (reading?.kind === 'whole') {
      const { token, end } = reading
      if (isOwn(token) || (end - at === token.length && !DIGITS_ONLY.test(token))) {
        ranges.push({ start: at, end })
        at = end
        continue
      }
    }
    at++
  }
  return ranges
}
