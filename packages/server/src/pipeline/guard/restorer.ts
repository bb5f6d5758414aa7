import { MAX_TOKEN_LENGTH, createTokenMatcher, mayHoldToken } from '../tokens/shape.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import type { GuardTally, TextStep } from './step.ts'

/** Tokens that this caller may have put back, ready to be looked up; made once a request. */
export interface RestoreTable {
  surfaceOf(token: string): string | undefined
  /** Whether more text could make one of these tokens out of `text`. */
  canBecomeToken(text: string): boolean
}

/**
 * `restorable` are the classes that the policy permits, taken before anything was forwarded. What the caller typed in the shape of a
 * token hides nothing and always goes back as typed.
 */
export function createRestoreTable(map: TokenMap, restorable: ReadonlySet<string>): RestoreTable {
  const surfaces = new Map<string, string>()
  for (const token of map.restorableTokens()) {
    const value = map.restorable(token)
    if (!value || (!restorable.has(value.class) && value.class !== 'LITERAL')) continue
    surfaces.set(token, value.surface)
  }
  const sorted = [...surfaces.keys()].sort()
  return {
    surfaceOf: (token) => surfaces.get(token.toUpperCase()),
    // Most requests mask nothing.
    canBecomeToken: sorted.length === 0 ? () => false : (text) => beginsAny(sorted, text.toUpperCase()),
  }
}

/** Whether a text is the start of one of these, but not one of them; sorted, none is the start of another. */
function beginsAny(sorted: readonly string[], start: string): boolean {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? '') < start) low = middle + 1
    else high = middle
  }
  const first = sorted[low]
  return first !== undefined && first.length > start.length && first.startsWith(start)
}

interface Found {
  readonly index: number
  readonly token: string
  readonly surface: string | undefined
}

/**
 * Puts values in the places of their tokens, whatever case the model gave these. Holds back only a suffix that can still
 * become a token. What it has put back is not looked at again.
 */
export function createRestorer(table: RestoreTable, tally: GuardTally): TextStep {
  let matcher: RegExp | undefined
  let held = ''

  /** Whatever has the shape of a token; behind one that is none of ours, the search goes on at its second letter. */
  function findTokens(text: string): Found[] {
    if (!mayHoldToken(text)) return []
    matcher ??= createTokenMatcher()
    matcher.lastIndex = 0
    const found: Found[] = []
    for (let match = matcher.exec(text); match; match = matcher.exec(text)) {
      const surface = table.surfaceOf(match[0])
      found.push({ index: match.index, token: match[0], surface })
      if (surface === undefined) matcher.lastIndex = match.index + 1
    }
    return found
  }

  /** Restores up to the last place that is settled, or to the end; keeps the rest. */
  function restore(text: string, isEnded: boolean): string {
    let result = ''
    let at = 0
    const unknown: number[] = []
    for (const { index, token, surface } of findTokens(text)) {
      if (surface === undefined) {
        unknown.push(index)
        continue
      }
      tally.restored++
      result += text.slice(at, index) + surface
      at = index + token.length
    }
    // Only behind the last whole token: its own last letter may open another one's word.
    const cut = isEnded ? text.length : settledLength(text, at, table)
    held = text.slice(cut)
    tally.unknown += unknown.filter((index) => index < cut).length
    return result + text.slice(at, cut)
  }

  return {
    push: async (text) => restore(held + text, false),
    end: async () => restore(held, true),
  }
}

function settledLength(text: string, from: number, table: RestoreTable): number {
  for (let at = Math.max(from, text.length - MAX_TOKEN_LENGTH + 1); at < text.length; at++) {
    if (table.canBecomeToken(text.slice(at))) return at
  }
  return text.length
}
