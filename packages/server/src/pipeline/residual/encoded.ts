/** A stretch of text that hides another text in an encoding. */
export interface EncodedRun {
  readonly start: number
  readonly end: number
  readonly decoded: string
}

// What stands before an escape belongs to the run, up to a bound: without one, a long text costs its square.
// Parentheses and the like need no escape, so they belong to the run where it goes on behind them.
const PERCENT = /[\w.~+@-]{0,64}(?:%[0-9A-Fa-f]{2}(?:[\w.~+@-]|[!'()*](?=[\w.~+@!'()*-]{0,32}%[0-9A-Fa-f]))*)+/g
/** Of JSON and JavaScript, and in octal of C and Python. */
const ESCAPED = String.raw`\\(?:u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}|[0-3]?[0-7]{2})`
const ESCAPE = new RegExp(String.raw`[^\s"\\]{0,64}(?:${ESCAPED}[^\s"\\]*)+`, 'g')
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  commat: '@',
  period: '.',
  comma: ',',
  colon: ':',
  sol: '/',
  plus: '+',
  lowbar: '_',
  lpar: '(',
  rpar: ')',
  hyphen: '-',
  dash: '-',
  ndash: '-',
  mdash: '-',
  minus: '-',
  shy: '',
  zwj: '',
  zwnj: '',
}
const NAMES = Object.keys(NAMED_ENTITIES).join('|')
// A browser reads a number without its semicolon too.
const ONE_ENTITY = `&(?:#\\d{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|(?:${NAMES});)`
const ENTITY = new RegExp(String.raw`[^\s&;]{0,64}(?:${ONE_ENTITY}[^\s&;]*)+`, 'g')
const ENTITIES = new RegExp(`&(?:#(\\d{1,7});?|#[xX]([0-9A-Fa-f]{1,6});?|(${NAMES});)`, 'g')
// One escape of each kind: a text without it holds no run, which spares the search for what stands before.
const HAS_PERCENT = /%[0-9A-Fa-f]{2}/
const HAS_ESCAPE = new RegExp(ESCAPED)
const HAS_ENTITY = new RegExp(`&(?:#\\d|#[xX][0-9A-Fa-f]|(?:${NAMES});)`)
// Marks of Markdown and HTML that a reader does not see inside a number or an address.
// One way to read each: with two, a row of thirty of them would be read in all combinations.
const MARK = String.raw`(?:\*|~~|\x60|<(?:\/?[a-z]{1,10}(?: [^<>]{0,64}|\/)?|!--[^<>]{0,64}--)>)+`
/** A number that a line ends behind a hyphen of its own. */
const WRAPPED = /(?:[\d.()+]{1,16}-){1,4}\r?\n[ \t>]{0,8}\d[\d.()-]{0,24}/g
const MARKED = new RegExp(`(?:(?<![*~\\x60>])${MARK})?[\\w@.+()-]{1,64}(?:${MARK}[\\w@.+()-]+)+`, 'g')
const HAS_MARK = new RegExp(`[\\w.)@-]${MARK}[\\d@]|[\\d@]${MARK}[\\w.(@-]`)
/** A number that is spelled out digit by digit: `2 1 9 - 0 9`. */
const SPACED = /(?<![\d.,/])\d(?:[ \u00a0\u2009\u202f]{1,2}(?:[-.][ \u00a0\u2009\u202f]{1,2})?\d){6,15}(?![\d.,/]?\d)/g
const HAS_SPACED = /\d[ \u00a0\u2009\u202f]{1,2}\d[ \u00a0\u2009\u202f]{1,2}(?:[-.] {1,2})?\d/
/** Of mail (RFC 2045 section 6.7): an escape ends the line where it says nothing. */
const QUOTED = /(?:\(\d{3}\) )?[^\s=]{0,64}(?:=(?:[0-9A-Fa-f]{2}|\r?\n)[^\s=]*)+/g
const HAS_QUOTED = /=(?:40|2[DEde]|[4-7][0-9A-Fa-f]=)/
/** Bytes one by one, as dumps and lists of code have them; fewer are somebody's figures. */
const BYTES = /(?<![\w.])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ ,:;]{1,2}){11,}(?:0x|\\x)?[0-9A-Fa-f]{2}(?![\w.])/g
const CODES = /(?<![\w.])(?:\d{2,3}[ ,;]{1,2}){11,}\d{2,3}(?![\w.])/g
/** An address as people write it to hide it from programs. */
const HIDDEN_AT =
  /[\w.+-]{1,64} ?[[({] ?(?:at|@) ?[\])}] ?[\w-]{1,64}(?:(?: ?[[({] ?(?:dot|\.) ?[\])}] ?|\.)[\w-]{1,64}){0,8}(?: ?[[({] ?(?:dot|\.) ?[\])}] ?|\.)[a-z]{2,6}(?![\w-])/gi
/** Letter by letter. */
const SPELLED = /(?<![\p{L}\p{N}])\p{L}(?:(?:[ .*\u00b7] ?| {3})\p{L}){4,63}(?![\p{L}\p{N}])/gu
/** Digits of other scripts. */
const DIGITS = /[\p{Nd}.()/+-]*[^\P{Nd}0-9][\p{Nd} .()/+-]*/gu
const FIRST_OTHER_DIGIT = 0x660
const ALL_MARKS = new RegExp(MARK, 'g')
/** Fewer digits are a dose or a stage. */
const IDENTIFIES = /@|(?:\d\D*){7}/
/** A sentence has blanks, and many small letters: a list of figures does not read as one. */
const MIN_SMALL_SHARE = 0.35
const FIRST_PRINTABLE = 0x20
const LAST_PRINTABLE = 0x7e
const BASE64 = /[A-Za-z0-9+/_-]{8,}={0,2}/g
const HEX = /[0-9A-Fa-f]{24,}/g
const MAX_LEVELS = 3
const MIN_SHIFTED_LENGTH = 24
const BASE64_GROUP = 4
const HEX_GROUP = 2
// What is left of a decoded text must read as text: base64 of anything else is a key, a hash, a long word.
const READABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\r\n\t]+$/u

/**
 * Percent, JSON, HTML and mail escapes, marks and blanks inside a number, digits of other scripts, bytes and letters one by one, hidden
 * addresses, base64 and hexadecimal that decode to readable text, also one inside another; sorted by kind, then place.
 */
export function findEncodedRuns(text: string, level = 1): EncodedRun[] {
  const runs: EncodedRun[] = []
  const signs = findSigns(text)
  if (signs === 0) return runs
  if ((signs & SIGN.percent) !== 0 && HAS_PERCENT.test(text)) collect(text, PERCENT, decodePercent, runs)
  if ((signs & SIGN.escape) !== 0 && HAS_ESCAPE.test(text)) collect(text, ESCAPE, decodeEscapes, runs)
  if ((signs & SIGN.entity) !== 0 && HAS_ENTITY.test(text)) collect(text, ENTITY, decodeEntities, runs)
  if ((signs & SIGN.mark) !== 0 && HAS_MARK.test(text)) {
    const marked: EncodedRun[] = []
    collect(text, MARKED, stripMarks, marked)
    if (marked.length > 0) runs.push(...outside(marked, text))
  }
  if ((signs & SIGN.spaced) !== 0 && HAS_SPACED.test(text)) collect(text, SPACED, stripBlanks, runs)
  if ((signs & SIGN.wrap) !== 0) collect(text, WRAPPED, stripMarksOfLines, runs)
  if ((signs & SIGN.digit) !== 0) collect(text, DIGITS, toAsciiDigits, runs)
  if ((signs & SIGN.quoted) !== 0 && HAS_QUOTED.test(text)) collect(text, QUOTED, decodeQuoted, runs)
  if ((signs & SIGN.pairs) !== 0) {
    collect(text, BYTES, decodeBytes, runs)
    collect(text, CODES, decodeCodes, runs)
  }
  if ((signs & SIGN.bracket) !== 0) collect(text, HIDDEN_AT, showAt, runs)
  if ((signs & SIGN.letters) !== 0) collect(text, SPELLED, joinLetters, runs)
  if ((signs & SIGN.base64) !== 0) collect(text, BASE64, decodeBase64, runs)
  if ((signs & SIGN.hex) !== 0) collect(text, HEX, decodeHex, runs)
  if (level === MAX_LEVELS) return runs
  return runs.flatMap((run) => [
    run,
    ...findEncodedRuns(run.decoded, level + 1).map(({ decoded }) => ({ ...run, decoded })),
  ])
}

/** What a text has that each kind of run needs: most texts have none of it, and one pass over the characters says so. */
const SIGN = {
  percent: 1,
  escape: 2,
  entity: 4,
  base64: 8,
  hex: 16,
  mark: 32,
  spaced: 64,
  digit: 128,
  wrap: 256,
  quoted: 512,
  pairs: 1_024,
  bracket: 2_048,
  letters: 4_096,
} as const
const MIN_PAIRS = 11
const MAX_PAIR_LENGTH = 4
const MIN_LETTERS = 4
const MIN_BASE64_LENGTH = 8
const MIN_HEX_LENGTH = 24
/** What an ASCII character may be part of. */
const PART = { base64: 1, lower: 2, upperOrDigit: 4, hex: 8 } as const
const PARTS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return (
    (/[A-Za-z0-9+/_-]/.test(character) ? PART.base64 : 0) |
    (/[a-z]/.test(character) ? PART.lower : 0) |
    (/[A-Z0-9]/.test(character) ? PART.upperOrDigit : 0) |
    (/[0-9A-Fa-f]/.test(character) ? PART.hex : 0)
  )
})
const MARKS: ReadonlyMap<number, number> = new Map([
  [0x25, SIGN.percent],
  [0x5c, SIGN.escape],
  [0x26, SIGN.entity],
  [0x2a, SIGN.mark],
  [0x7e, SIGN.mark],
  [0x60, SIGN.mark],
  [0x3c, SIGN.mark],
  [0x3d, SIGN.quoted],
  [0x28, SIGN.bracket],
  [0x5b, SIGN.bracket],
  [0x7b, SIGN.bracket],
])
const [LINE_END, RETURN, HYPHEN] = [0x0a, 0x0d, 0x2d]
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

function findSigns(text: string): number {
  let signs = 0
  let base64Start = 0
  let hexStart = 0
  // Of the run so far; the case of its first letter tells nothing.
  let isMixed = 0
  // How many short words, and how many letters alone, stand in a row.
  let [pairs, letters] = [0, 0]
  const mixed = PART.lower | PART.upperOrDigit
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0
    const part = code < 128 ? (PARTS[code] ?? 0) : 0
    if ((part & PART.hex) === 0) {
      if (at - hexStart >= MIN_HEX_LENGTH) signs |= SIGN.hex
      hexStart = at + 1
    }
    if ((part & PART.base64) !== 0) {
      isMixed |= at === base64Start ? part & PART.lower : part & mixed
      continue
    }
    if (at - base64Start >= MIN_BASE64_LENGTH && isMixed === mixed) signs |= SIGN.base64
    // One character between a blank and this one, and it is a digit.
    if (at - base64Start === 1 && isDigit(text.charCodeAt(base64Start))) signs |= SIGN.spaced
    const length = at - base64Start
    if (length > 0) {
      pairs = length > 1 && length <= MAX_PAIR_LENGTH && isPair(text, base64Start) ? pairs + 1 : 0
      letters = length === 1 && !isDigit(text.charCodeAt(base64Start)) ? letters + 1 : 0
      if (pairs > MIN_PAIRS) signs |= SIGN.pairs
      if (letters > MIN_LETTERS) signs |= SIGN.letters
    }
    base64Start = at + 1
    isMixed = 0
    if ((code === LINE_END || code === RETURN) && text.charCodeAt(at - 1) === HYPHEN) signs |= SIGN.wrap
    signs |= code >= FIRST_OTHER_DIGIT ? SIGN.digit : (MARKS.get(code) ?? 0)
  }
  return signs
}

/** Two hexadecimal digits, or a number of two or more. */
function isPair(text: string, at: number): boolean {
  const second = text.charCodeAt(at + 1)
  return (
    ((PARTS[text.charCodeAt(at)] ?? 0) & PART.hex) !== 0 && (second === 0x78 || ((PARTS[second] ?? 0) & PART.hex) !== 0)
  )
}

function collect(text: string, pattern: RegExp, decode: (run: string) => string | undefined, runs: EncodedRun[]): void {
  for (const { 0: run, index } of text.matchAll(pattern)) {
    const decoded = decode(run)
    if (decoded !== undefined && decoded !== run && READABLE.test(decoded)) {
      runs.push({ start: index, end: index + run.length, decoded })
    }
  }
}

/** X12 sets its elements apart by a sign that Markdown has for a mark. */
const SEGMENT = /(?<![A-Za-z0-9])[A-Z][A-Z0-9]{1,2}\*[^~\n]{0,1024}~/g

function outside(runs: readonly EncodedRun[], text: string): readonly EncodedRun[] {
  if (!text.includes('~')) return runs
  const segments = Array.from(text.matchAll(SEGMENT), ({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }))
  let at = 0
  return runs.filter(({ start, end }) => {
    while ((segments[at]?.end ?? Infinity) <= start) at++
    const segment = segments[at]
    return segment === undefined || segment.start > start || segment.end < end
  })
}

function stripMarks(run: string): string | undefined {
  const text = run.replace(ALL_MARKS, '')
  return IDENTIFIES.test(text) ? text : undefined
}

/** Single digits alone may be a list of numbers; a number has its groups. */
function stripBlanks(run: string): string | undefined {
  return /[-.]/.test(run) ? run.replace(/\s+/g, '') : undefined
}

function stripMarksOfLines(run: string): string | undefined {
  const text = run.replace(/[\s>]+/g, '')
  return IDENTIFIES.test(text) ? text : undefined
}

function decodeQuoted(run: string): string | undefined {
  const bytes = run.replace(/=\r?\n/g, '').replace(/=([0-9A-Fa-f]{2})/g, '%$1')
  try {
    // What is no escape stays, a percent sign too.
    return decodeURIComponent(bytes.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'))
  } catch {
    return undefined
  }
}

function decodeBytes(run: string): string | undefined {
  return readUtf8(Buffer.from(run.replace(/0x|\\x|[^0-9A-Fa-f]/g, ''), 'hex'), true)
}

function decodeCodes(run: string): string | undefined {
  const codes = run.split(/[ ,;]+/).map(Number)
  if (codes.some((code) => code < FIRST_PRINTABLE || code > LAST_PRINTABLE)) return undefined
  const text = String.fromCharCode(...codes)
  return text.includes(' ') && text.replace(/[^a-z]/g, '').length >= MIN_SMALL_SHARE * text.length ? text : undefined
}

function showAt(run: string): string {
  return run.replace(/ ?[[({] ?(?:at|@) ?[\])}] ?/i, '@').replace(/ ?[[({] ?(?:dot|\.) ?[\])}] ?/gi, '.')
}

/** Words begin with capitals, or behind a wider gap: two such words in a row may be a name, one may be anything. */
function joinLetters(run: string): string | undefined {
  const text = run
    .replace(/ {3}/g, '\n')
    .replace(/[ .*\u00b7]/g, '')
    .replaceAll('\n', ' ')
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
  return /\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u.test(text) ? text : undefined
}

/** Digits stand in tens, in order: how many stand before one is its value. */
function toAsciiDigits(run: string): string | undefined {
  const text = run.replace(/[^\P{Nd}0-9]/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0
    let value = 0
    while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++
    return String(value)
  })
  return IDENTIFIES.test(text) ? text : undefined
}

function decodePercent(run: string): string | undefined {
  try {
    return decodeURIComponent(run.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function decodeEscapes(run: string): string {
  return run.replace(
    /\\(?:u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|([0-3]?[0-7]{2}))/g,
    (whole, unit?: string, point?: string, byte?: string, octal?: string) => {
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8))
      const code = parseInt(unit ?? point ?? byte ?? '', 16)
      if (point === undefined) return String.fromCharCode(code)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}

function decodeEntities(run: string): string | undefined {
  return run.replace(ENTITIES, (whole, decimal: string, hex: string, name: string) => {
    if (name !== undefined) return NAMED_ENTITIES[name] ?? whole
    const point = decimal === undefined ? parseInt(hex, 16) : Number(decimal)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

function decodeBase64(run: string): string | undefined {
  // A word in one case is a word; encoded text mixes cases or holds digits.
  if (!/[a-z]/.test(run) || !/[A-Z0-9]/.test(run.slice(1))) return undefined
  if (run.length < MIN_SHIFTED_LENGTH) return readUtf8(Buffer.from(run, 'base64url'))
  return decodeShifted(run, 'base64url', BASE64_GROUP)
}

function decodeHex(run: string): string | undefined {
  return decodeShifted(run, 'hex', HEX_GROUP)
}

/** What stands before a run may use the same letters, and a text that is read in parts may be cut anywhere. */
function decodeShifted(run: string, encoding: 'base64url' | 'hex', group: number): string | undefined {
  for (let shift = 0; shift < group; shift++) {
    const decoded = readUtf8(Buffer.from(run.slice(shift), encoding), true)
    if (decoded !== undefined && READABLE.test(decoded)) return decoded
  }
  return undefined
}

/** `isCut`: the first and the last character may be parts of one. */
function readUtf8(bytes: Buffer, isCut = false): string | undefined {
  // Of UTF-16, as some shells write it, every second byte of a Latin text is none.
  const text = bytes.toString('utf8').replaceAll('\0', '')
  const decoded = isCut ? text.replace(/^\ufffd{1,3}|\ufffd{1,3}$/g, '') : text
  return decoded.includes('\ufffd') ? undefined : decoded
}
