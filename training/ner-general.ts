import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { splitOfSurface } from './corpus/split.ts'

// WikiGold, WNUT17 and the Broad Twitter Corpus (all CC BY 4.0) as corpus lines: `node training/ner-general.ts DIR > OUT.jsonl`.
// They annotate persons, places and organisations only: what else they may hold (dates, numbers, organisations) gets no loss.

interface Token {
  readonly text: string
  /** `O` or a kind without its B- or I-. */
  readonly kind: string
  readonly begins: boolean
}
interface Line {
  readonly id: string
  readonly kind: 'general'
  readonly split: 'train'
  readonly template: string
  readonly carrier: string
  readonly text: string
  readonly spans: {
    start: number
    end: number
    class: 'NAME' | 'CITY' | 'STATE' | 'COUNTRY'
    role: 'other' | 'unknown'
  }[]
  readonly unknown: { start: number; end: number }[]
}

/** One name for each label of the three corpora; anything else is of no use here and gets no loss. */
const KINDS: Readonly<Record<string, string>> = {
  PER: 'person',
  person: 'person',
  LOC: 'place',
  location: 'place',
  O: 'O',
}
/** WikiGold is IOB1: its spans begin with I-, and B- stands only between two that touch. The others are BIO. */
const FILES: readonly { file: string; sentencesPerText: number }[] = [
  { file: 'wikigold/wikigold.conll.txt', sentencesPerText: 4 },
  ...['emerging.dev.conll', 'wnut17train.conll'].map((name) => ({ file: `WNUT17/${name}`, sentencesPerText: 1 })),
  ...['a', 'b', 'e', 'f', 'g', 'h'].map((name) => ({ file: `BTC/${name}.conll`, sentencesPerText: 1 })),
]
const STATES: ReadonlySet<string> = new Set(
  (
    'Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,Florida,Georgia,Hawaii,Idaho,Illinois,Indiana,Iowa,Kansas,Kentucky,' +
    'Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,Mississippi,Missouri,Montana,Nebraska,Nevada,New Hampshire,New Jersey,New Mexico,' +
    'North Carolina,North Dakota,Ohio,Oklahoma,Oregon,Pennsylvania,Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,Virginia,' +
    'West Virginia,Wisconsin,Wyoming'
  ).split(','),
)
const COUNTRIES = countryNames()
/** A place of nature or a building is no city. */
const NO_CITY =
  /\b(?:airport|avenue|bay|beach|bridge|building|center|centre|church|coast|county|district|earth|east|europe|africa|asia|hall|highway|hill|hills|island|islands|lake|mount|mountain|mountains|north|ocean|park|region|river|road|school|sea|south|square|stadium|station|street|university|valley|west|world)\b/iu

function countryNames(): ReadonlySet<string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`))
  return new Set([
    'USA',
    'US',
    'UK',
    'America',
    'England',
    'Scotland',
    'Wales',
    ...codes.flatMap((code) => names.of(code) ?? []),
  ])
}

function readSentences(path: string): Token[][] {
  const sentences: Token[][] = []
  let sentence: Token[] = []
  let before = 'O'
  for (const line of [...readFileSync(path, 'utf8').split(/\r?\n/u), '']) {
    const cells = line.trim().split(/\s+/u)
    const [text = '', label = ''] = [cells[0], cells.at(-1)]
    if (cells.length < 2) {
      if (sentence.length > 0) sentences.push(sentence)
      sentence = []
      before = 'O'
      continue
    }
    const kind = label.replace(/^[BI]-/u, '')
    sentence.push({
      text,
      kind: KINDS[kind] ?? 'other',
      begins: kind !== 'O' && (label.startsWith('B-') || kind !== before),
    })
    before = kind
  }
  return sentences
}

/** CoNLL files hold words without their spaces: what a writer would have put between two words. */
function gapBetween(left: string, right: string, quotesOpen: boolean): string {
  if (/^(?:[,.;:!?)\]}%]|'s|'m|'re|'ve|'ll|'d|n't|'|\.\.\.)$/iu.test(right) || /^[([{$#@]$/u.test(left)) return ''
  if (right === '"') return quotesOpen ? '' : ' '
  if (left === '"') return quotesOpen ? '' : ' '
  return ' '
}

function classOfPlace(place: string): 'CITY' | 'STATE' | 'COUNTRY' | undefined {
  if (STATES.has(place)) return 'STATE'
  if (COUNTRIES.has(place)) return 'COUNTRY'
  return !NO_CITY.test(place) && place.split(' ').length <= 3 ? 'CITY' : undefined
}

function composeLine(id: string, sentences: readonly (readonly Token[])[]): Line {
  let text = ''
  let quotesOpen = false
  const spans: Line['spans'] = []
  const unknown: Line['unknown'] = []
  let open: { start: number; end: number; kind: string } | undefined
  const close = (): void => {
    if (open === undefined) return
    const { start, end, kind } = open
    const place = kind === 'place' ? classOfPlace(text.slice(start, end)) : undefined
    if (/[@#_\d/]/u.test(text.slice(Math.max(0, start - 1), end))) unknown.push({ start, end })
    else if (kind === 'person') spans.push({ start, end, class: 'NAME', role: 'other' })
    else if (place !== undefined) spans.push({ start, end, class: place, role: 'unknown' })
    else unknown.push({ start, end })
    open = undefined
  }
  for (const sentence of sentences) {
    close()
    let left = ''
    if (text !== '') text += ' '
    for (const token of sentence) {
      if (left !== '') text += gapBetween(left, token.text, quotesOpen)
      if (token.text === '"') quotesOpen = !quotesOpen
      const start = text.length
      text += token.text
      left = token.text
      if (token.kind === 'O' || token.begins) close()
      if (token.kind !== 'O') {
        open ??= { start, end: text.length, kind: token.kind }
        open.end = text.length
      } else if (
        /[\p{N}@#_]|^https?:|^(?:mon|tues|wednes|thurs|fri|satur|sun)day$|^(?:january|february|march|april|may|june|july|august|september|october|november|december)$/iu.test(
          token.text,
        )
      ) {
        unknown.push({ start, end: text.length })
      }
    }
  }
  close()
  return { id, kind: 'general', split: 'train', template: 'none', carrier: id, text, spans, unknown }
}

/** A name or place that the test holds out must not be learned here either: such a text is left out. */
function isTrainable(line: Line): boolean {
  return line.spans.every((span) =>
    [line.text.slice(span.start, span.end), ...line.text.slice(span.start, span.end).split(/[^\p{L}\p{M}]+/u)]
      .filter((surface) => surface.length > 1)
      .every((surface) => splitOfSurface(surface) === 'train'),
  )
}

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: node training/ner-general.ts DIR > OUT.jsonl')
for (const { file, sentencesPerText } of FILES) {
  const sentences = readSentences(join(folder, file))
  for (let at = 0; at < sentences.length; at += sentencesPerText) {
    const line = composeLine(`general/${file}/${at}`, sentences.slice(at, at + sentencesPerText))
    if (isTrainable(line)) process.stdout.write(`${JSON.stringify(line)}\n`)
  }
}
