import type { PhiClass } from '@breakwater/deid'
import type { TokenMaker } from './scope.ts'
import { findTokenShapes } from './shape.ts'
import type { TokenClass } from './shape.ts'

/** Classes whose values are not even kept, unless the policy set gives them back to this caller: few need to read them. */
const RARELY_RESTORED: ReadonlySet<TokenClass> = new Set<PhiClass>(['SSN', 'ACCOUNT', 'BIOMETRIC'])

interface MaskedValue {
  readonly class: TokenClass
  readonly surface: string
}

interface NotedValue extends MaskedValue {
  /** It was masked as a number of JSON only, so that it goes back without the quotation marks that its token needs. */
  readonly isNumber: boolean
}

/**
 * The tokens of one request: lives as long as the request, is never logged and never stored. Only what is in here can
 * come back, so a token of another request, caller or tenant stays a token.
 */
export interface TokenMap {
  /** The token for a value; the same one for the same class and surface. */
  tokenOf(tokenClass: TokenClass, surface: string): string
  /** Whether values of a class are kept at all, so that they could be put back. */
  keeps(tokenClass: TokenClass): boolean
  /** Notes what a token took the place of: a number of JSON, or text. */
  note(token: string, isNumber: boolean): void
  /** The value behind a token of this request. */
  valueOf(token: string): NotedValue | undefined
  /** The tokens of this request, and those that its values had under the key before this one. */
  tokens(): Iterable<string>
  /** Every value that was masked, restorable or not: what must not appear in the body that leaves. */
  masked(): Iterable<MaskedValue>
  isOwn(token: string): boolean
  /**
   * The token by which a value of this request goes out, from that one or the one it had under the key before; none for a
   * value that its caller may have put back, who holds the value instead.
   */
  findToken(token: string): string | undefined
}

const NOTHING: ReadonlySet<string> = new Set()

/** `restorable`: what the policy set gives back to this caller. */
export function createTokenMap(maker: TokenMaker, restorable: ReadonlySet<string> = NOTHING): TokenMap {
  const keeps = (tokenClass: TokenClass): boolean => !RARELY_RESTORED.has(tokenClass) || restorable.has(tokenClass)
  const byValue = new Map<TokenClass, Map<string, string>>()
  const byToken = new Map<string, MaskedValue>()
  const previous = new Map<string, string>()
  const numbers = new Set<string>()
  const texts = new Set<string>()
  return {
    tokenOf(tokenClass, surface) {
      const known = byValue.get(tokenClass)?.get(surface)
      if (known !== undefined) return known
      const token = maker.make(tokenClass, surface)
      const ofClass = byValue.get(tokenClass) ?? new Map<string, string>()
      byValue.set(tokenClass, ofClass.set(surface, token))
      byToken.set(token, { class: tokenClass, surface })
      const before = maker.makePrevious?.(tokenClass, surface)
      if (before !== undefined) previous.set(before, token)
      return token
    },
    keeps,
    note: (token, isNumber) => void (isNumber ? numbers : texts).add(token),
    valueOf(token) {
      const own = previous.get(token) ?? token
      const value = byToken.get(own)
      return value && { ...value, isNumber: numbers.has(own) && !texts.has(own) }
    },
    tokens: () => [...byToken.keys(), ...previous.keys()],
    masked: () => byToken.values(),
    isOwn: (token) => byToken.has(token),
    findToken(token) {
      const own = byToken.has(token) ? token : previous.get(token)
      const value = own === undefined ? undefined : byToken.get(own)
      return value && !restorable.has(value.class) ? own : undefined
    },
  }
}

/** Where this request's own tokens stand in a masked text. */
export function findOwnTokens(map: Pick<TokenMap, 'isOwn'>, text: string): { start: number; end: number }[] {
  return findTokenShapes(text).filter(({ start, end }) => map.isOwn(text.slice(start, end)))
}
