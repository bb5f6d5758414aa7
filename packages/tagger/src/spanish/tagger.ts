import { createHash } from 'node:crypto'
import type { TaggedSpan, Tagger } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { type Crf, decodeLine, readCrf } from './crf.ts'
import { createExtractor, MAX_FEATURES } from './features.ts'
import { applyRules } from './rules.ts'
import { TYPES } from './tags.ts'
import type { TypedSpan } from './typed-span.ts'
import type { SpanishWords } from './words.ts'

export interface SpanishTagger extends Tagger {
  /** What the model reads, before mapping to our classes: for measuring. */
  read(text: string): TypedSpan[]
}

interface Meta {
  readonly version: string
  readonly sha256: string
  readonly tags: readonly string[]
  /** Taken from the score of "nothing" at every word, chosen on the dev part: a miss weighs more than a false hit. */
  readonly nothing: number
  /** From which 1 - P(nothing) a word is covered although the best reading leaves it, and from which it is a witness. */
  readonly covers: number
  readonly witnesses: number
}

const ID_DIGITS = 8

/**
 * Makes the Spanish tagger from the files of its folder: no I/O, synchronous, memory bounded by the longest line. Throws
 * `detector.unavailable` when the files are damaged or do not belong together.
 */
export function createSpanishTagger(files: {
  readonly meta: Uint8Array
  /** Asked for at the first text: most processes never see a Spanish one. */
  readonly weights: () => Uint8Array
}): SpanishTagger {
  const meta = readMeta(files.meta)
  let crf: Crf | undefined
  function open(): Crf {
    const weights = files.weights()
    if (createHash('sha256').update(weights).digest('hex') !== meta.sha256) throw notOurs()
    return readCrf(weights, meta.tags.length)
  }
  const read = (text: string): TypedSpan[] => readSpans(text, (crf ??= open()), meta)
  return {
    id: `spanish-${meta.version}-${meta.sha256.slice(0, ID_DIGITS)}`,
    read,
    tag: (text) => read(text).flatMap((span) => mapSpan(span, meta)),
  }
}

function mapSpan({ start, end, type, score, isUnlikely }: TypedSpan, { covers }: Meta): TaggedSpan[] {
  const meaning = TYPES[type]
  if (!meaning) return []
  const isWeak = isUnlikely && score < covers
  return [{ start, end, ...meaning, score: Math.min(1, score), ...(isWeak && { isWeak }) }]
}

function readSpans(text: string, crf: Crf, meta: Meta): TypedSpan[] {
  const { words, write } = createExtractor(text)
  const buffer = new Uint32Array(MAX_FEATURES)
  const spans: TypedSpan[] = []
  for (let l = 0; l + 1 < words.lines.length; l++) {
    const from = words.lines[l] ?? 0
    const count = (words.lines[l + 1] ?? 0) - from
    const scores = new Float64Array(count * crf.tags)
    for (let i = 0; i < count; i++) {
      const size = write(from + i, buffer)
      scores[i * crf.tags] = -meta.nothing
      for (let f = 0; f < size; f++) crf.addFeature(buffer[f] ?? 0, scores, i * crf.tags)
    }
    const { best, probability } = decodeLine(crf, scores, count)
    collect(words, from, best, probability, meta, spans)
  }
  return applyRules(text, spans)
}

/** The spans of one line: those of its best reading, then likely words that it leaves. */
function collect(
  words: SpanishWords,
  from: number,
  best: Uint8Array,
  probability: Float64Array,
  { tags, witnesses }: Meta,
  spans: TypedSpan[],
): void {
  let open: { type: string; first: number; score: number; isUnlikely: boolean } | undefined
  const close = (end: number): void => {
    if (open)
      spans.push({
        start: words.start[from + open.first] ?? 0,
        end: words.end[from + end - 1] ?? 0,
        type: open.type,
        score: open.score,
        isUnlikely: open.isUnlikely,
      })
    open = undefined
  }
  for (let i = 0; i < best.length; i++) {
    const score = 1 - (probability[i * tags.length] ?? 0)
    const isUnlikely = best[i] === 0
    const tag = isUnlikely ? (score >= witnesses ? likeliest(tags, probability, i) : 'O') : (tags[best[i] ?? 0] ?? 'O')
    const type = tag.slice(2)
    const goesOn = open?.type === type && open.isUnlikely === isUnlikely && (isUnlikely || tag.startsWith('I'))
    if (goesOn && open) open.score = Math.max(open.score, score)
    else {
      close(i)
      if (tag !== 'O') open = { type, first: i, score, isUnlikely }
    }
  }
  close(best.length)
}

function likeliest(tags: readonly string[], probability: Float64Array, word: number): string {
  let [best, most] = ['O', 0]
  for (let tag = 1; tag < tags.length; tag++) {
    const own = probability[word * tags.length + tag] ?? 0
    if (own > most) [best, most] = [tags[tag] ?? 'O', own]
  }
  return best
}

function readMeta(bytes: Uint8Array): Meta {
  try {
    const meta: Meta = JSON.parse(new TextDecoder().decode(bytes))
    const knowsTags = meta.tags[0] === 'O' && meta.tags.slice(1).every((tag) => Object.hasOwn(TYPES, tag.slice(2)))
    if (knowsTags && meta.nothing >= 0 && meta.covers > 0 && meta.witnesses > 0 && typeof meta.version === 'string')
      return meta
  } catch (cause) {
    throw new AppError('detector.unavailable', { message: 'The Spanish weights cannot be read.', cause })
  }
  throw notOurs()
}

function notOurs(): AppError {
  return new AppError('detector.unavailable', { message: 'The Spanish weights do not belong together.' })
}
