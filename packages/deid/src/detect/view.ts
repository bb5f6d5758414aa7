import { ENTITIES, HOMOGLYPHS, MARKS } from './fold-tables.ts'

/** A text as the rules read it: folded to plain letters, with the way back to the original. */
export interface View {
  readonly text: string
  /** UTF-16 offset in the original of each unit of `text`, and of its end; absent when both are the same. */
  readonly starts?: Int32Array
  readonly ends?: Int32Array
}

/** Characters that render as nothing and split a word: zero width, soft hyphen, bidirectional controls, variation selectors. */
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}]$/u
const MARK = /^\p{M}+$/u
const NON_ASCII = /[^\0-\x7F]/
/** A blank, a mark of punctuation or a letter of UTF-8 as addresses write them, between letters: "Maria%20Lopez". Of bounded length, since a run that decodes to nothing is read again from its next place. */
const PERCENT = /(?:%[0-9A-Fa-f]{2}){1,256}/y
const LETTER = /[\p{L}\p{M}]/u
const JAMO = /[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?/y
const ENTITY = /&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,7});/y
const HYPHENATED = /[a-z]-\r?\n[ \t]{0,12}[a-z]/
const HYPHEN_BREAK = /(?<=[a-z])-\r?\n[ \t]{0,12}(?=[a-z])/y

/**
 * Folds a text: NFKC, accents off, full-width and look-alike letters to ASCII, invisible characters out, HTML entities
 * decoded, words hyphenated over a line break joined. A plain ASCII text is returned as it is.
 */
export function createView(text: string): View {
  const plain = !NON_ASCII.test(text)
  const isWritten = !(text.includes('&') && text.includes(';')) && !(text.includes('\n') && HYPHENATED.test(text))
  if (plain && isWritten && !text.includes('%')) return { text }
  const folded = new Map<string, string>()
  let out = ''
  let size = 0
  let starts = new Int32Array(text.length + SPARE_UNITS)
  let ends = new Int32Array(text.length + SPARE_UNITS)
  function put(units: string, from: number, to: number): void {
    out += units
    makeRoom(units.length)
    starts.fill(from, size, size + units.length)
    ends.fill(to, size, size + units.length)
    size += units.length
  }
  /** Few characters become many. */
  function makeRoom(units: number): void {
    if (size + units <= starts.length) return
    const [before, behind] = [starts, ends]
    starts = new Int32Array(2 * (size + units))
    ends = new Int32Array(2 * (size + units))
    starts.set(before)
    ends.set(behind)
  }
  /** What is its own fold, unit by unit. */
  function putPlain(from: number, to: number): void {
    out += text.slice(from, to)
    makeRoom(to - from)
    for (let i = from; i < to; i++) {
      starts[size] = i
      ends[size] = i + 1
      size++
    }
  }
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i)
    if (code === 38) {
      const entity = readEntity(text, i)
      if (entity) {
        put(foldCharacter(entity.character), i, i + entity.length)
        i += entity.length
        continue
      }
    }
    if (code === 37) {
      const encoded = readPercent(text, i)
      if (encoded) {
        for (const character of encoded.characters) put(foldCharacter(character), i, i + encoded.length)
        i += encoded.length
        continue
      }
    }
    if (code === 45 && i > 0) {
      HYPHEN_BREAK.lastIndex = i
      const broken = HYPHEN_BREAK.exec(text)?.[0].length ?? 0
      if (broken > 0) {
        i += broken
        continue
      }
    }
    if (code < 128) {
      const end = endOfPlain(text, i + 1)
      putPlain(i, end)
      i = end
      continue
    }
    const character = String.fromCodePoint(text.codePointAt(i) ?? code)
    if (code >= 0x1100 && code <= 0x1112) {
      JAMO.lastIndex = i
      const syllable = JAMO.exec(text)?.[0]
      if (syllable !== undefined) {
        put(syllable.normalize('NFC'), i, i + syllable.length)
        i += syllable.length
        continue
      }
    }
    let units = folded.get(character)
    if (units === undefined) {
      units = foldCharacter(character)
      folded.set(character, units)
    }
    // An accent or joiner belongs to the letter before it: a span that ends there must cover it.
    if (units === '' && size > 0) ends[size - 1] = i + character.length
    else put(units, i, i + character.length)
    i += character.length
  }
  return { text: out, starts: starts.slice(0, size), ends: ends.slice(0, size) }
}

/** Characters that fold to more than one are few. */
const SPARE_UNITS = 16

/** The next character from a place on that may be more than itself: beyond ASCII, `%`, `&` or a hyphen. */
function endOfPlain(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 128 || code === 37 || code === 38 || code === 45) return i
  }
  return text.length
}

function readEntity(text: string, at: number): { readonly character: string; readonly length: number } | undefined {
  ENTITY.lastIndex = at
  const found = ENTITY.exec(text)?.[0]
  if (found === undefined) return undefined
  const name = found.slice(1, -1)
  if (name.startsWith('#')) {
    const hex = name[1] === 'x' || name[1] === 'X'
    const code = Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10)
    const isScalar = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    return isScalar ? { character: String.fromCodePoint(code), length: found.length } : undefined
  }
  const character = ENTITIES[name] ?? accented(name)
  return character === undefined ? undefined : { character, length: found.length }
}

/** What stands percent-encoded at a place, between letters or before an address's domain; "5%20" is a share. */
function readPercent(text: string, at: number): { readonly characters: string; readonly length: number } | undefined {
  PERCENT.lastIndex = at
  const run = PERCENT.exec(text)?.[0]
  if (run === undefined) return undefined
  const [before, after] = [text.charAt(at - 1), text.charAt(at + run.length)]
  const isJoined = LETTER.test(before) || (/[\d.,]/.test(before) && /^%(?:20|40)$/.test(run) && LETTER.test(after))
  if (!isJoined) return undefined
  try {
    const characters = decodeURIComponent(run)
    return /^[ -~\u00a0-\uffff]+$/u.test(characters) ? { characters, length: run.length } : undefined
  } catch {
    return undefined
  }
}

/** `eacute`, `Ntilde`, `aring`: a letter and the name of its mark. */
function accented(name: string): string | undefined {
  const mark = MARKS[name.slice(1)]
  return mark === undefined ? undefined : `${name.charAt(0)}${mark}`.normalize('NFC')
}

/** The plain form of one character; empty when it shows nothing by itself. */
function foldCharacter(character: string): string {
  if (character.length === 1 && character.charCodeAt(0) < 128) return character
  if (INVISIBLE.test(character) || MARK.test(character)) return ''
  const alike = HOMOGLYPHS[character]
  if (alike !== undefined) return alike
  const compatible = character.normalize('NFKD')
  const base = compatible.replace(/\p{M}/gu, '')
  // Scripts other than Latin keep their own letters: their decomposition is not a plainer spelling.
  if (base !== '' && !NON_ASCII.test(base)) return base
  const mapped = Array.from(base, (part) => HOMOGLYPHS[part] ?? part).join('')
  return NON_ASCII.test(mapped) ? character.normalize('NFKC') : mapped
}

/** Carries a span of the view back to the original text. */
export function toOriginal(view: View, start: number, end: number): { readonly start: number; readonly end: number } {
  if (!view.starts || !view.ends) return { start, end }
  return { start: view.starts[start] ?? 0, end: view.ends[end - 1] ?? 0 }
}
