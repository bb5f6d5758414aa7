import { findJsonNumber } from '@breakwater/deid'
import type { PlannedSpan } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { isGuess } from '../detection/planner.ts'
import type { Planner } from '../detection/planner.ts'
import { findTokenShapes, setApart } from '../tokens/shape.ts'
import type { TokenClass } from '../tokens/shape.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import type { FixedPiece, Piece } from './document.ts'
import { createSurfaceFinder } from './surfaces.ts'

/** Counts by `class` and, apart, what was generalised or removed for good. */
export type MaskCounts = Map<string, number>

export interface MaskResult {
  readonly masked: readonly string[]
  readonly counts: MaskCounts
}

interface Change {
  readonly start: number
  readonly end: number
  readonly class: TokenClass
  /** Stands in the value's place for good; without it, a token does. */
  readonly replacement?: string
  /** The value is a number of JSON: what takes its place goes between these. */
  readonly quote?: string
}

/** Names are masked part by part, so that a later turn that knows one part more changes no earlier token. */
const NAME_PART = /[\p{L}\p{M}\p{N}'’‑-]+/gu
/** More than this is not a prompt but a data set: it goes through the batch door. */
const MAX_SPANS = 20_000

/**
 * Masks all texts of a body together: a name that one of them gives away is masked in all. Throws
 * `detector.unavailable` when the engine fails, `body.key-identifies` when a member's name needs masking,
 * `body.signed-identifies` when a signed part does.
 */
export async function maskPieces(
  engine: Planner,
  map: TokenMap,
  pieces: readonly Piece[],
  fixed: readonly FixedPiece[],
): Promise<MaskResult> {
  const plans = await planAll(engine, map, [...pieces, ...fixed])
  if (plans.every((changes) => changes.length === 0))
    return { masked: pieces.map(({ text }) => text), counts: new Map() }
  for (const [index, piece] of fixed.entries()) {
    if ((plans[pieces.length + index] ?? []).some((change) => change.class !== 'LITERAL' || piece.kind === 'key')) {
      throw refuse(piece)
    }
  }
  const counts: MaskCounts = new Map()
  const first = pieces.map((piece, index) => split(piece, plans[index] ?? []))
  // Words that were masked in one place and passed in another would tell what the token hides.
  const known = new Map<string, TokenClass>()
  for (const [index, changes] of first.entries()) {
    for (const { start, end, class: tokenClass, replacement } of changes) {
      const surface = pieces[index]?.text.slice(start, end) ?? ''
      if (replacement !== undefined || tokenClass === 'LITERAL') continue
      known.set(surface, tokenClass)
      // Before any text is put together: what is typed in the shape of a token may be the token of a value behind it.
      map.tokenOf(tokenClass, surface)
    }
  }
  const finder = createSurfaceFinder(known.keys())
  const whole = goOn(pieces, first)
  const masked = pieces.map((piece, index) => {
    const changes = whole[index] ?? []
    const more = finder
      .find(piece.text)
      .map(({ start, end, surface }): Change => ({ start, end, class: known.get(surface) ?? 'OTHER_ID' }))
    return apply(piece, quoteNumbers(piece, merge(changes, more)), map, counts)
  })
  return { masked, counts }
}

const PART = /^(.*)\/(\d+)\/text$/
/** What goes on with a word or a number; a sentence of its own begins with a capital or a blank. */
const HEAD = /^[\p{Ll}\p{M}\p{N}]+(?:[-/.'’]?[\p{Ll}\p{M}\p{N}]+)*/u

/**
 * The text parts of one message are one text to those who read it: where one ends with a value and the next goes on with
 * the same word, the rest of the value is there.
 */
function goOn(pieces: readonly Piece[], plans: readonly Change[][]): Change[][] {
  return plans.map((changes, index) => {
    const [, message, number] = PART.exec(pieces[index]?.field ?? '') ?? []
    const [before, last] = [pieces[index - 1], plans[index - 1]?.at(-1)]
    if (!before || !last || before.field !== `${message}/${Number(number) - 1}/text`) return changes
    const head = HEAD.exec(pieces[index]?.text ?? '')?.[0] ?? ''
    if (head === '' || last.end !== before.text.length) return changes
    // It may be a word of its own after all, so nothing is looked for because of it.
    return merge(changes, [{ class: 'LITERAL', start: 0, end: head.length }])
  })
}

function refuse({ kind, field }: FixedPiece): AppError {
  return kind === 'key'
    ? new AppError('body.key-identifies', { message: `${field}: a name that identifies`, field })
    : new AppError('body.signed-identifies', {
        message: `${field}: signed, so not to be masked, and it identifies`,
        field,
      })
}

async function planAll(
  engine: Planner,
  map: TokenMap,
  pieces: readonly Piece[],
): Promise<readonly (readonly Change[])[]> {
  const texts = pieces.map(({ text, label }) => {
    const read = setApart(text, findTokenShapes(text))
    return label === '' ? read : `${label}: ${read}`
  })
  let plans: PlannedSpan[][]
  try {
    plans = await engine.plan(texts, 'gateway')
  } catch (cause) {
    // Of the text's own: a language that nobody reads.
    if (cause instanceof AppError) throw cause
    throw new AppError('detector.unavailable', { message: 'de-identification failed', cause })
  }
  if (plans.length !== texts.length) throw new AppError('detector.unavailable', { message: 'de-identification failed' })
  let spans = 0
  const changes = pieces.map((piece, index) => {
    const planned = plans[index] ?? []
    spans += planned.length
    return changesOf(map, piece, planned)
  })
  if (spans > MAX_SPANS) {
    throw new AppError('guard.input-blocked', { message: `more than ${MAX_SPANS} identifiers in one body` })
  }
  return changes
}

/** What is sure where a code or the name of one stands: what is known of the patient or the site, and shapes of nothing else. */
function isSureOf(coded: NonNullable<Piece['coded']>, { class: phiClass, score, sources }: PlannedSpan): boolean {
  if (phiClass === 'EMAIL' || sources.some((source) => SURE.test(source))) return true
  const isRule = sources.some((source) => !LISTED.test(source) && !isGuess({ sources: [source] }))
  if (!isRule || score < SURE_SCORE) return false
  return phiClass === 'SSN' || (coded === 'term' && /^(?:NAME|PHONE|MRN)$/.test(phiClass))
}

/** Says what an identifier is, and stands before others too. */
const SCHEME = /^urn:(?:uuid|oid):(?=\S)/
const SURE = /^(?:known|site)\./
const LISTED = /^name\.listed$/
const SURE_SCORE = 0.7

/** Planned spans as changes of the piece's own text: without its label, without the places of token-shaped text. */
function changesOf(map: TokenMap, { class: whole, coded, text, label }: Piece, all: readonly PlannedSpan[]): Change[] {
  if (text === '') return []
  const planned = coded ? all.filter((span) => isSureOf(coded, span)) : all
  if (whole) {
    // A social security number stays one under any other name.
    const isSsn = whole === 'SSN' || planned.some((span) => span.class === 'SSN' && !isGuess(span))
    if (isSsn) return [{ start: 0, end: text.length, class: 'SSN', ...(!map.keeps('SSN') && { replacement: '[SSN]' }) }]
    return [{ start: SCHEME.exec(text)?.[0].length ?? 0, end: text.length, class: whole }]
  }
  const shift = label === '' ? 0 : label.length + 2
  const literals = findTokenShapes(text).map((range): Change => ({ ...range, class: 'LITERAL' }))
  const spans = planned
    .map((span): Change => {
      const isToken = span.operator === 'token' || (span.class === 'SSN' && map.keeps('SSN'))
      const replacement = isToken ? undefined : (span.replacement ?? `[${span.class}]`)
      return {
        start: Math.max(0, span.start - shift),
        end: span.end - shift,
        class: span.class,
        ...(replacement !== undefined && { replacement }),
      }
    })
    .filter(({ start, end }) => end > start)
  return literals.length === 0 ? spans : merge(literals, spans)
}

/** Both lists sorted into one; where they overlap, `first` wins and `second` keeps what is left of it. */
function merge(first: readonly Change[], second: readonly Change[]): Change[] {
  if (second.length === 0) return [...first]
  const merged: Change[] = [...first]
  let at = 0
  for (const change of second) {
    let start = change.start
    while ((first[at]?.end ?? Infinity) <= start) at++
    for (let i = at; start < change.end; i++) {
      const taken = first[i]
      const end = Math.min(change.end, taken?.start ?? Infinity)
      if (end > start) merged.push({ ...change, start, end })
      start = Math.max(start, taken?.end ?? Infinity)
    }
  }
  return merged.sort((a, b) => a.start - b.start)
}

/** An address in one line: the street, the city with its state, the postcode. */
const ADDRESS = /^(?<STREET>\d.{2,80}?), (?<CITY>\p{L}[\p{L}.' -]{1,40}, [A-Z]{2}) (?<ZIP>\d{5}(?:-\d{4})?)$/du
const ADDRESS_PARTS = ['STREET', 'CITY', 'ZIP'] as const

/** Spans of names cut into the parts of the name, addresses into theirs: an answer may want one of them. */
function split({ text }: Piece, changes: readonly Change[]): Change[] {
  return changes.flatMap((change) => {
    const { start, end, class: phiClass, replacement } = change
    if (replacement === undefined && /^(?:STREET|CITY|ZIP)$/.test(phiClass)) {
      const places = ADDRESS.exec(text.slice(start, end))?.indices?.groups
      if (!places) return [change]
      return ADDRESS_PARTS.flatMap((part) => {
        const [from = 0, to = 0] = places[part] ?? []
        return [{ ...change, class: part, start: start + from, end: start + to }]
      })
    }
    if (change.class !== 'NAME' || change.replacement !== undefined) return [change]
    return Array.from(text.slice(change.start, change.end).matchAll(NAME_PART), ({ index, 0: { length } }) => ({
      ...change,
      start: change.start + index,
      end: change.start + index + length,
    }))
  })
}

/** Of a number of JSON nothing stays beside a token: it goes whole, and what takes its place is a string. */
function quoteNumbers({ text, isNumber }: Piece, changes: readonly Change[]): readonly Change[] {
  const [first] = changes
  if (!first) return changes
  if (isNumber) return [{ ...first, start: 0, end: text.length, quote: '' }]
  if (!text.includes(':')) return changes
  let at = 0
  return changes.flatMap((change): Change[] => {
    if (change.end <= at) return []
    const number = findJsonNumber(text, change.start, change.end)
    at = number?.end ?? change.end
    return [number && change.class !== 'LITERAL' ? { ...change, ...number } : change]
  })
}

function apply({ text }: Piece, changes: readonly Change[], map: TokenMap, counts: MaskCounts): string {
  let result = ''
  let at = 0
  for (const { start, end, class: tokenClass, replacement, quote } of changes) {
    const put = replacement ?? tokenFor(map, tokenClass, text.slice(start, end))
    if (replacement === undefined) map.note(put, quote !== undefined)
    result += text.slice(at, start) + (quote ?? '') + put + (quote ?? '')
    at = end
    const name = tokenClass.toLowerCase()
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return result + text.slice(at)
}

/**
 * What a caller types in the shape of a token is masked too, or the gateway would tell whose it is. For a caller that
 * may not have a value put back, the value's own token is that value: it stands in the history of its conversations.
 */
function tokenFor(map: TokenMap, tokenClass: TokenClass, surface: string): string {
  const own = tokenClass === 'LITERAL' ? map.findToken(surface.toUpperCase()) : undefined
  return own ?? map.tokenOf(tokenClass, surface)
}
