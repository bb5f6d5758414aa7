import { fnv1a } from '../features/hash.ts'
import { HINT, HINTS } from './lists.ts'
import { cutWords, type SpanishWords } from './words.ts'

/** The features of the words of one text; those of a word are written on demand, so that memory stays bounded. */
export interface Extractor {
  readonly words: SpanishWords
  /** Writes the hashes of a word's features into `out` and tells how many. */
  readonly write: (index: number, out: Uint32Array) => number
}

/** More than any word has. */
export const MAX_FEATURES = 160

const SEED = 0x811c9dc5
const NOTHING = 0
/** Keywords after which a name, street, place or number stands, each remembered along its line. */
const KEYWORDS = [
  HINT.street,
  HINT.facility | HINT.institution,
  HINT.unit,
  HINT.phone,
  HINT.fax,
  HINT.mail,
  HINT.title,
  HINT.place | HINT.country,
] as const
const FAR = 99
/** Lines that open the signature of the one who sends the report. */
const CLOSING = /^(?:remit|responsable|correspondencia|direccion|firma|autor|contacto|medico$)/
/** Words of a field of the text's head that may be its value. */
const FIELD_LENGTH = 12

interface Columns {
  readonly text: readonly string[]
  readonly word: Uint32Array
  readonly lower: Uint32Array
  readonly shape: Uint32Array
  readonly kindOf: Uint32Array
  readonly hints: Uint32Array
}

/** Reads the folded view of a text; pure. The one place where features are made, for training and for use. */
export function createExtractor(text: string): Extractor {
  const words = cutWords(text)
  const columns = describeWords(text, words)
  const lines = describeLines(words, columns)
  return { words, write: (index, out) => writeFeatures(index, words, columns, lines, out) }
}

function describeWords(text: string, { count, start, end }: SpanishWords): Columns {
  const lowerText: string[] = []
  const [word, lower, shape, kindOf, hints] = Array.from({ length: 5 }, () => new Uint32Array(count)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  for (let i = 0; i < count; i++) {
    const own = text.slice(start[i], end[i])
    const small = own.toLowerCase()
    lowerText.push(small)
    word[i] = fnv1a(own, 0, own.length, SEED)
    lower[i] = fnv1a(small, 0, small.length, SEED)
    const form = shapeOf(own)
    shape[i] = fnv1a(form, 0, form.length, SEED)
    const value = valueOf(own)
    kindOf[i] = fnv1a(value, 0, value.length, SEED)
    hints[i] = HINTS.get(small) ?? 0
  }
  return { text: lowerText, word, lower, shape, kindOf, hints }
}

/** "Xx" of a capitalised word; digits one for one, since their count tells identifiers apart. */
function shapeOf(word: string): string {
  if (/^\p{Nd}+$/u.test(word)) return 'd'.repeat(Math.min(word.length, 12))
  if (/^\p{Lu}$/u.test(word)) return 'X1'
  if (/^\p{Lu}+$/u.test(word)) return word.length < 4 ? `X${word.length}` : 'XX'
  if (/^\p{Lu}[\p{Ll}\p{M}]+$/u.test(word)) return 'Xx'
  if (/^[\p{Ll}\p{M}]+$/u.test(word)) return 'xx'
  return /^\p{L}/u.test(word) ? 'xX' : word
}

/** What a number may be: a day, a month, an age, a year, a Spanish post code, a phone's beginning. */
function valueOf(word: string): string {
  if (!/^\d+$/.test(word)) return /^\p{L}/u.test(word) ? 'w' : word
  const value = Number(word)
  const { length } = word
  if (length === 4) return value >= 1900 && value < 2030 ? 'year' : 'n4'
  if (length === 5) return value >= 1000 && value < 53_000 ? 'post' : 'n5'
  if (length === 9) return /^[6789]/.test(word) ? 'phone' : 'n9'
  if (length > 3) return `n${length}`
  if (value >= 1 && value <= 12) return length === 2 ? 'month2' : 'month1'
  if (value <= 31) return 'day'
  return value <= 110 ? 'age' : 'n3'
}

interface Lines {
  /** The label at the head of the field, its distance in words, and its number within the line. */
  readonly label: Uint32Array
  readonly since: Uint8Array
  readonly labelText: readonly string[]
  readonly line: Uint32Array
  /** By word: how many words since each of `KEYWORDS`, on this line. */
  readonly keyword: Uint8Array
  /** By line. */
  readonly head: Uint32Array
  readonly headLabel: Uint32Array
  readonly isClosing: Uint8Array
  readonly count: number
  /** By capitalised word: the label of the field in the head of the text in which it stands. */
  readonly seen: ReadonlyMap<number, number>
}

function describeLines({ count, lines }: SpanishWords, columns: Columns): Lines {
  const lineCount = lines.length - 1
  const label = new Uint32Array(count)
  const since = new Uint8Array(count)
  const labelText: string[] = Array.from({ length: count }, () => '')
  const line = new Uint32Array(count)
  const keyword = new Uint8Array(count * KEYWORDS.length).fill(FAR)
  const head = new Uint32Array(lineCount)
  const headLabel = new Uint32Array(lineCount)
  const isClosing = new Uint8Array(lineCount)
  const seen = new Map<number, number>()
  let closing = 0
  for (let l = 0; l < lineCount; l++) {
    const [from, to] = [lines[l] ?? 0, lines[l + 1] ?? 0]
    head[l] = mix(columns.lower[from] ?? 0, columns.lower[from + 1] ?? 0)
    if (CLOSING.test(columns.text[from] ?? '') && l > 3) closing = 1
    isClosing[l] = closing
    let [current, name, distance] = [NOTHING, '', 0]
    const last = new Uint8Array(KEYWORDS.length).fill(FAR)
    for (let i = from; i < to; i++) {
      line[i] = l
      const opened = labelBefore(columns, i, from)
      if (opened) {
        ;[current, name, distance] = [opened.hash, opened.text, 0]
        if (headLabel[l] === 0) headLabel[l] = current
      }
      label[i] = current
      labelText[i] = name
      const passed = Math.min(distance++, 250)
      since[i] = passed
      KEYWORDS.forEach((bits, k) => {
        keyword[i * KEYWORDS.length + k] = last[k] ?? FAR
        if (((columns.hints[i] ?? 0) & bits) !== 0) last[k] = 0
        if ((last[k] ?? FAR) < FAR) last[k] = (last[k] ?? 0) + 1
      })
      const isCapital = columns.shape[i] === CAPITALISED && (columns.text[i] ?? '').length > 2
      if (isCapital && passed < FIELD_LENGTH && /^(?:nombre|apellidos|medico)/.test(name))
        seen.set(columns.lower[i] ?? 0, current)
    }
  }
  return { label, since, labelText, line, keyword, head, headLabel, isClosing, count: lineCount, seen }
}

const CAPITALISED = fnv1a('Xx', 0, 2, SEED)

/** The label that a colon just before the word closes: up to two words, lower case. */
function labelBefore({ text }: Columns, index: number, from: number): { hash: number; text: string } | undefined {
  let at = index - 1
  if (at < from || text[at] !== ':') return undefined
  const parts: string[] = []
  for (at--; at >= from && parts.length < 2; at--) {
    const part = text[at] ?? ''
    if (!/^\p{L}/u.test(part)) {
      if (parts.length > 0 || part !== '.') break
      continue
    }
    parts.unshift(part)
  }
  if (parts.length === 0) return undefined
  const name = parts.join(' ')
  return { hash: fnv1a(name, 0, name.length, SEED), text: parts.at(0) === 'de' ? name : (parts.at(0) ?? name) }
}

/** Joins two hashes; not commutative. */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ (b + 0x9e3779b9 + (a << 6) + (a >>> 2)), 0x85ebca6b)
  hash ^= hash >>> 13
  return hash >>> 0
}

function bucket(distance: number): number {
  if (distance < 4) return distance
  if (distance < 7) return 4
  return distance < 13 ? 5 : distance < FAR ? 6 : 7
}

function writeFeatures(
  i: number,
  { count, kind, gap, start, end, lines: lineStarts }: SpanishWords,
  { text, word, lower, shape, kindOf, hints }: Columns,
  lines: Lines,
  out: Uint32Array,
): number {
  let size = 0
  let template = 1
  /** Each place where a feature is made has its own number: equal values of two never meet. */
  function put(a: number, b: number = NOTHING): void {
    out[size++] = mix(Math.imul(template++, 0x9e3779b1), mix(a, b))
  }
  const at = (column: Uint32Array | Uint8Array, offset: number): number =>
    i + offset < 0 ? 1 : i + offset >= count ? 2 : (column[i + offset] ?? 0)

  const own = text[i] ?? ''
  const form = shape[i] ?? 0
  const low = lower[i] ?? 0
  const hint = hints[i] ?? 0
  put(SEED)
  put(word[i] ?? 0)
  put(low)
  put(form)
  put(kindOf[i] ?? 0)
  put(hint)
  put(hint, form)
  put(gap[i] ?? 0, at(gap, 1))
  put(gap[i] ?? 0, form)
  put(Math.min((end[i] ?? 0) - (start[i] ?? 0), 15), kind[i] ?? 0)
  // Ends and beginnings.
  let prefix = SEED
  for (let n = 0; n < 5; n++) {
    if (n < own.length) prefix = fnv1a(own, n, n + 1, prefix)
    put(n < own.length ? prefix : NOTHING)
  }
  for (let n = 1; n <= 5; n++) put(n <= own.length ? fnv1a(own, own.length - n, own.length, SEED) : NOTHING)
  // Around it.
  for (const offset of [-4, -3, -2, -1, 1, 2, 3, 4]) put(at(lower, offset))
  for (const offset of [-3, -2, -1, 1, 2, 3]) put(at(kindOf, offset), at(shape, offset))
  for (const offset of [-3, -2, -1, 1, 2, 3]) put(at(hints, offset))
  put(at(lower, -1), low)
  put(low, at(lower, 1))
  put(at(lower, -2), at(lower, -1))
  put(at(lower, 1), at(lower, 2))
  put(mix(at(lower, -1), low), at(lower, 1))
  put(mix(at(shape, -1), form), at(shape, 1))
  put(mix(at(kindOf, -1), kindOf[i] ?? 0), at(kindOf, 1))
  put(mix(mix(at(shape, -2), at(shape, -1)), form), mix(at(shape, 1), at(shape, 2)))
  put(mix(at(hints, -1), hint), at(hints, 1))
  put(at(lower, -1), form)
  put(form, at(lower, 1))
  put(at(lower, -2), form)
  for (const offset of [-1, 1]) {
    const other = text[i + offset] ?? ''
    put(fnv1a(other, Math.max(0, other.length - 3), other.length, SEED), form)
  }
  // The field and the line.
  const line = lines.line[i] ?? 0
  const label = lines.label[i] ?? 0
  const since = bucket(lines.since[i] ?? 0)
  put(label, since)
  put(label, form)
  put(label, mix(since, form))
  put(label, hint)
  put(label, at(lower, -1))
  put(label, at(lower, 1))
  put(label, low)
  put(since, form)
  const first = lineStarts[line] ?? 0
  put(lines.head[line] ?? 0, bucket(i - first))
  put(lines.head[line] ?? 0, form)
  put(line === 0 ? NOTHING : (lines.headLabel[line - 1] ?? 0), form)
  put(lines.headLabel[line] ?? 0, lines.isClosing[line] ?? 0)
  put(bucket(i - first), bucket((lineStarts[line + 1] ?? 0) - 1 - i))
  put(Math.min(line, 20), form)
  put(Math.min(lines.count - line, 4), form)
  put(lines.isClosing[line] ?? 0, form)
  put(lines.isClosing[line] ?? 0, low)
  // What was named before it on the line.
  const place = i * KEYWORDS.length
  let nearest = 0
  for (let k = 0; k < KEYWORDS.length; k++) {
    const distance = lines.keyword[place + k] ?? FAR
    put(bucket(distance), form)
    if (distance < (lines.keyword[place + nearest] ?? FAR)) nearest = k
  }
  const near = mix(nearest + 1, bucket(lines.keyword[place + nearest] ?? FAR))
  put(near, form)
  put(near, low)
  put(near, mix(hint, lines.isClosing[line] ?? 0))
  put(near, mix(at(lower, -1), at(shape, 1)))
  // The same word stood in the head of the text.
  put(lines.seen.get(low) ?? NOTHING, form)
  put(lines.seen.get(at(lower, -1)) ?? NOTHING, form)
  put(lines.seen.get(at(lower, 1)) ?? NOTHING, form)
  return size
}
