import type { TextRange } from './words.ts'

interface ResidualShape {
  readonly id: string
  readonly pattern: RegExp
  /** A text without this holds no match, which spares the search. */
  readonly needs?: RegExp
  readonly isReal?: (match: RegExpMatchArray) => boolean
}

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)'
const EDGE = '(?<![\\p{L}\\p{N}])'

/**
 * Plain shapes without context, written apart from the detector's rules so that one mistake does not blind both.
 * Narrow: no clinical number has them.
 */
const SHAPES: readonly ResidualShape[] = [
  { id: 'social-security-number', pattern: /(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])/g, needs: /\d/ },
  {
    id: 'email',
    needs: /@/,
    pattern: /[\p{L}\p{N}_.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}/gu,
  },
  {
    id: 'url',
    needs: /:\/\/|www\./i,
    pattern: /(?:https?:\/\/|www\.)[^\s<>"'\\]{3,}/gi,
    isReal: ({ 0: address }) => !STANDARDS.test(address),
  },
  {
    id: 'telephone',
    needs: /\d/,
    pattern: /(?<![\d-])(?:\+?1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\d-])/g,
  },
  {
    id: 'date',
    needs: /\d/,
    pattern: /(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d/.-]\d|\d)/g,
    isReal: (match) => isMonthAndDay(match[1], match[3]),
  },
  {
    id: 'date',
    needs: /\d/,
    pattern: /(?<!\d)(?:19|20)\d{2}[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)/g,
    isReal: (match) => isMonthAndDay(match[1], match[2]),
  },
  {
    id: 'date',
    needs: /\d/,
    pattern: new RegExp(`${EDGE}${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d{2}(?!\\d)`, 'giu'),
  },
  {
    id: 'date',
    needs: /\d/,
    pattern: new RegExp(`${EDGE}\\d{1,2}(?:st|nd|rd|th)?[ -](?:of )?${MONTH}\\.?,?[ -](?:19|20)?\\d{2}(?!\\d)`, 'giu'),
  },
  { id: 'internet-address', needs: /\d\./, pattern: /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g, isReal: isAddress },
  {
    id: 'long-number',
    needs: /\d{7}/,
    pattern: /(?<![\d.,])\d{7,}(?![\d]|[.,]\d)/g,
    isReal: (match) => !isCode(match) && !isDrawn(match),
  },
  {
    id: 'coordinate',
    needs: /l(?:at|on|ng)/i,
    pattern: /(?<![a-z])(?:lat|lon|lng|latitude|longitude)\\?["']?\s{0,3}[:=]\s{0,3}-?\d{1,3}\.\d{3,20}/gi,
  },
  { id: 'record-number', needs: /\d/, pattern: /\b(?:MRN|medical record (?:number|no\.?))\s*[:#]?\s*#?\d{4,}/gi },
  {
    id: 'street',
    needs: /\d/,
    pattern:
      /(?<![\p{L}\p{N}])\d{1,5} (?:[NSEW]\.? )?(?:\p{Lu}[\p{L}'-]+ ){1,3}(?:St|Street|Ave|Avenue|Rd|Road|Dr|Drive|Ln|Lane|Blvd|Boulevard|Ct|Court|Way|Pl|Place|Ter|Terrace|Pkwy|Hwy|Circle)(?![\p{L}])/gu,
  },
]

/** Who defines codes and profiles, and says nothing of anybody by it. */
const STANDARDS =
  /^https?:\/\/(?:[a-z\d-]{1,40}\.){0,4}(?:hl7\.org|snomed\.info|loinc\.org|unitsofmeasure\.org|nlm\.nih\.gov|cms\.gov|nucc\.org|w3\.org|ihe\.net|nema\.org|who\.int)(?:\/(?!\S*\d{6})[\w./#|-]*)?$/i
const CODE_BEFORE = /\bcode\\?["']?\s{0,4}[:=]\s{0,4}\\?["']$/
const CODE_AFTER = /^\^[^|^~\r\n]{0,200}\^(?:SCT|SNM3?|SNOMED|LN|NDC|CVX|RXNORM|C4|I9|I10|CDCGS1vis|99\w{3})\b/i

/** Shorter draws of hexadecimal signs may be somebody's number. */
const FEWEST_DRAWN = 16
const LONGEST_DRAWN = 64
const DRAWN = /^(?:[\da-f]+|[\dA-F]+)$/
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i
const ALTERNATIONS = /\d[a-f]|[a-f]\d/gi
const FEWEST_ALTERNATIONS = 3

/** Digits inside a draw of hexadecimal signs, which letters break again and again: a digest, a trace, a UUID. */
function isDrawn({ 0: number, index = 0, input = '' }: RegExpMatchArray): boolean {
  const end = index + number.length
  const before = /[\da-f-]*$/i.exec(input.slice(Math.max(0, index - LONGEST_DRAWN), index))?.[0] ?? ''
  const after = /^[\da-f-]*/i.exec(input.slice(end, end + LONGEST_DRAWN))?.[0] ?? ''
  if (UUID.test(before + number + after)) return true
  const whole = before.slice(before.lastIndexOf('-') + 1) + number + (after.split('-', 1)[0] ?? '')
  return (
    whole.length >= FEWEST_DRAWN && DRAWN.test(whole) && (whole.match(ALTERNATIONS)?.length ?? 0) >= FEWEST_ALTERNATIONS
  )
}

/** A number in the place of a code, or with the check digit and the partition of a concept of SNOMED CT. */
function isCode(match: RegExpMatchArray): boolean {
  const { 0: number, index = 0, input = '' } = match
  if (CODE_BEFORE.test(input.slice(Math.max(0, index - 16), index))) return true
  return CODE_AFTER.test(input.slice(index + number.length, index + number.length + 216)) || isConcept(number)
}

/**
 * Addresses and names of who defines codes, object identifiers (longer than an address of the internet), drugs by their
 * NDC, years that are all of a cell or a member (nobody's by law), measurements as machines write them (no coordinates),
 * guides of X12 and universal kinds of numbers of HL7 (table 0301), marks that stylesheets number, parts of Medicare, and what a company is.
 */
const DEFINED = [
  new RegExp(STANDARDS.source.slice(1, -1), 'gi'),
  /urn:(?:ietf|ihe|iso|oid|hl7-org):[\w:.-]{1,100}/gi,
  /(?<![\d.])[0-2](?:\.\d{1,9}){4,40}(?![\d.]\d)/g,
  /(?<![\w-])(?:\d{4}-\d{4}|\d{5}-\d{3,4})-\d{2}(?![\w-])/g,
  /(?<=["'>|^~*])(?:19|20)\d{2}(?=["'<|^~*])/g,
  /(?<![\d.])(?<!(?:lat|lon|lng|latitude|longitude)\\?["']?\s{0,3}[:=]\s{0,3}-?)\d{1,6}\.\d{10,20}(?![\d.])/gi,
  /(?<=\*)00[2-8]0\d{1,2}(?:X\d{3}(?:[AE]\d)?)?(?=[*~])/g,
  /(?<=[|^&~])(?:ISO|HCD|DNS|GUID|UUID|CLIA|Internet)(?=[|^&~\r\n])/g,
  /\bID0E[A-Z]{2,14}\b|\bC-CDA\b/g,
  /\bPart [A-D]\b|\b(?:P?LLC|Inc|Ltd|Corp)\b/g,
]

/** Keys, signatures and digests as letters: what they hide is no word's to tell, and the gateway looks behind them. */
const BASE64 = /(?<![\w+/-])[\w+/-]{40,4000}={0,2}(?![\w+/-])/g
const KINDS = [/[a-z]/, /[A-Z]/, /\d/] as const
/** Of signs that are of another kind than the one before: paths and names of code have far fewer. */
const LEAST_MIXED = 0.4

function isMixed(run: string): boolean {
  let changes = 0
  let last = -1
  for (const sign of run) {
    const kind = KINDS.findIndex((one) => one.test(sign))
    if (kind >= 0 && last >= 0 && kind !== last) changes++
    last = kind
  }
  return changes >= run.length * LEAST_MIXED
}

const rangeOf = ({ index, 0: whole }: RegExpExecArray): TextRange => ({ start: index, end: index + whole.length })

/** Stretches whose words are no prose of anybody: a model of words knows nothing of them. */
export function findDefined(text: string): TextRange[] {
  if (
    !/urn:|:\/\/|\*00|[|^&~](?:ISO|HCD|DNS|GUID|UUID|CLIA|Internet)[|^&~\r\n]|ID0E|C-CDA|\d{7}|\.\d+\.\d+\.\d|\d-\d{3,4}-\d|["'>|^~*](?:19|20)\d|\.\d{10}|(?<![\w+/-])[\w+/-]{40}|\bPart [A-D]\b|\b(?:LLC|Inc|Ltd|Corp)\b/i.test(
      text,
    )
  )
    return []
  const found: TextRange[] = []
  for (const pattern of DEFINED)
    for (const { index, 0: whole } of text.matchAll(pattern)) found.push({ start: index, end: index + whole.length })
  for (const match of text.matchAll(BASE64)) if (isMixed(match[0])) found.push(rangeOf(match))
  for (const match of text.matchAll(/(?<![\d.,])\d{7,}(?![\d]|[.,]\d)/g)) if (isCode(match)) found.push(rangeOf(match))
  return found.toSorted((a, b) => a.start - b.start)
}

const LONGEST_CONCEPT = 18
/** Of the dihedral group D5 (Verhoeff, 1969). */
const rotate = (a: number, b: number): number =>
  a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5)) : b < 5 ? 5 + ((a - b + 5) % 5) : (a - b + 5) % 5
const PERMUTE = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

function isConcept(number: string): boolean {
  if (number.length > LONGEST_CONCEPT || !/^\d+(?:00|10)\d$/.test(number)) return false
  let check = 0
  for (let at = 0; at < number.length; at++) {
    let digit = Number(number.charAt(number.length - 1 - at))
    for (let turns = at % 8; turns > 0; turns--) digit = PERMUTE[digit] ?? 0
    check = rotate(check, digit)
  }
  return check === 0
}

function isMonthAndDay(first: string | undefined, second: string | undefined): boolean {
  const [a, b] = [Number(first), Number(second)]
  return (isMonth(a) && isDay(b)) || (isDay(a) && isMonth(b))
}

function isMonth(value: number): boolean {
  return value >= 1 && value <= 12
}

function isDay(value: number): boolean {
  return value >= 1 && value <= 31
}

function isAddress({ 0: address }: RegExpMatchArray): boolean {
  return address.split('.').every((part) => Number(part) < 256)
}

/** The shapes in a text that lie outside the exempt ranges. */
export function* findShapes(
  text: string,
  exempt: readonly TextRange[],
): Generator<TextRange & { readonly id: string }> {
  for (const { id, pattern, needs, isReal } of SHAPES) {
    if (needs?.test(text) === false) continue
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length]
      const isExempt = exempt.some((range) => range.start < end && range.end > start)
      if (!isExempt && (isReal?.(match) ?? true)) yield { id, start, end }
    }
  }
}
