import { findOwnTokens } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'

/** A text as its caller sent it, and as it left. */
export interface SentText {
  readonly own: string
  readonly sent: string
}

type Surfaces = Pick<TokenMap, 'isOwn' | 'valueOf'>

/** What was removed for good leaves its class. */
const REMOVED = /^\[[A-Z_]+\]/
/** What stands behind a removed value is found again by so much of it. */
const MARK_CHARS = 24

/**
 * Where a place in the text that left is in the caller's own, both counted in characters; a place inside of what was changed
 * moves to its end. Undefined where the two cannot be laid beside each other.
 */
export function locate({ own, sent }: SentText, map: Surfaces, place: number): number | undefined {
  const target = Array.from(sent).slice(0, place).join('').length
  const tokens = findOwnTokens(map, sent)
  let [at, ownAt] = [0, 0]
  while (at < target) {
    const token = tokens.find(({ start }) => start >= at)
    if (token?.start === at) {
      const { surface } = map.valueOf(sent.slice(token.start, token.end)) ?? {}
      if (surface === undefined || !own.startsWith(surface, ownAt)) return undefined
      at = token.end
      ownAt += surface.length
    } else if (sent[at] === own[ownAt]) {
      at++
      ownAt++
    } else {
      const [removed] = REMOVED.exec(sent.slice(at)) ?? []
      if (removed === undefined) return undefined
      at += removed.length
      const mark = sent.slice(at, Math.min(at + MARK_CHARS, token?.start ?? Infinity))
      ownAt = mark === '' && at === sent.length ? own.length : own.indexOf(mark, ownAt)
      if (ownAt === -1) return undefined
    }
  }
  return Array.from(own.slice(0, ownAt)).length
}
