import { findOwnTokens } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'

/** A text as its caller sent it, and as it left. */
export interface SentText {
  readonly own: string
  readonly sent: string
}

type Surfaces = Pick<TokenMap, 'isOwn' | 'valueOf'>

/** Where a place in a text that left is in the caller's own, both counted in characters; undefined where nobody can tell. */
export type Locator = (text: SentText, place: number) => number | undefined

/** So much of the text that left, and where it ends in the caller's own; what was not changed keeps its length. */
interface Stretch {
  readonly start: number
  readonly end: number
  readonly ownEnd: number
  readonly isChanged: boolean
}

interface Laid {
  readonly stretches: readonly Stretch[]
  readonly sentStarts: Uint32Array | undefined
  readonly ownStarts: Uint32Array | undefined
}

/** What was removed for good leaves its class. */
const REMOVED = /\[[A-Z_]+\]/y
/** What stands behind a removed value is found again by so much of it. */
const MARK_CHARS = 24
const SURROGATE = /[\uD800-\uDFFF]/

/**
 * Lays each text beside its own once, for as many places as an answer names. A place inside of what was changed moves to its
 * end; behind a point where the two cannot be laid beside each other, nobody can tell.
 */
export function createLocator(map: Surfaces): Locator {
  const known = new WeakMap<SentText, Laid>()
  return (text, place) => {
    const laid = known.get(text) ?? lay(text, map)
    known.set(text, laid)
    const target = laid.sentStarts ? (laid.sentStarts[place] ?? text.sent.length) : Math.min(place, text.sent.length)
    const at = locateUnit(laid.stretches, target)
    return at === undefined || !laid.ownStarts ? at : findIndex(laid.ownStarts, at)
  }
}

function lay(text: SentText, map: Surfaces): Laid {
  return { stretches: layBeside(text, map), sentStarts: listStarts(text.sent), ownStarts: listStarts(text.own) }
}

function layBeside({ own, sent }: SentText, map: Surfaces): Stretch[] {
  const stretches: Stretch[] = []
  const tokens = findOwnTokens(map, sent)
  let [at, ownAt, next] = [0, 0, 0]
  while (at < sent.length) {
    const token = tokens[next]
    const start = at
    let isChanged = true
    if (token?.start === at) {
      const { surface } = map.valueOf(sent.slice(token.start, token.end)) ?? {}
      if (surface === undefined || !own.startsWith(surface, ownAt)) return stretches
      at = token.end
      ownAt += surface.length
      next++
    } else if (sent[at] === own[ownAt]) {
      const until = token?.start ?? sent.length
      isChanged = false
      for (; at < until && sent[at] === own[ownAt]; at++) ownAt++
    } else {
      REMOVED.lastIndex = at
      if (!REMOVED.test(sent)) return stretches
      at = REMOVED.lastIndex
      const mark = sent.slice(at, Math.min(at + MARK_CHARS, token?.start ?? Infinity))
      ownAt = at === sent.length ? own.length : own.indexOf(mark, ownAt)
      if (ownAt === -1) return stretches
    }
    stretches.push({ start, end: at, ownEnd: ownAt, isChanged })
  }
  return stretches
}

function locateUnit(stretches: readonly Stretch[], target: number): number | undefined {
  if (target === 0) return 0
  let [low, high] = [0, stretches.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((stretches[middle]?.end ?? 0) < target) low = middle + 1
    else high = middle
  }
  const found = stretches[low]
  if (!found) return undefined
  return found.isChanged ? found.ownEnd : found.ownEnd - (found.end - target)
}

/** Where each character begins, and the end; undefined for a text in which a character is a unit. */
function listStarts(text: string): Uint32Array | undefined {
  if (!SURROGATE.test(text)) return undefined
  const starts: number[] = []
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) starts.push(at)
  starts.push(text.length)
  return Uint32Array.from(starts)
}

/** How many characters begin before a unit. */
function findIndex(starts: Uint32Array, unit: number): number {
  let [low, high] = [0, starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) < unit) low = middle + 1
    else high = middle
  }
  return low
}
