import type { PhiClass } from '@breakwater/deid'
import type { TokenMaker } from './scope.ts'
import { findTokenShapes } from './shape.ts'
import type { TokenClass } from './shape.ts'

/** Classes that are masked and never put back: what nobody needs to read in an answer. */
const NEVER_RESTORED: ReadonlySet<TokenClass> = new Set<PhiClass>(['SSN', 'ACCOUNT', 'BIOMETRIC'])

interface MaskedValue {
  readonly class: TokenClass
  readonly surface: string
}

/**
 * The tokens of one request: lives as long as the request, is never logged and never stored. Only what is in here can
 * come back, so a token of another request, caller or tenant stays a token.
 */
export interface TokenMap {
  /** The token for a value; the same one for the same class and surface. */
  tokenOf(tokenClass: TokenClass, surface: string): string
  /** The value behind a token of this request, when its class may ever be put back. */
  restorable(token: string): MaskedValue | undefined
  /** Tokens that `restorable` answers. */
  restorableTokens(): readonly string[]
  /** Every value that was masked, restorable or not: what must not appear in the body that leaves. */
  masked(): Iterable<MaskedValue>
  isOwn(token: string): boolean
}

export function createTokenMap(maker: TokenMaker): TokenMap {
  const byValue = new Map<string, string>()
  const byToken = new Map<string, MaskedValue>()
  return {
    tokenOf(tokenClass, surface) {
      const value = `${tokenClass}\u0000${surface}`
      const known = byValue.get(value)
      if (known !== undefined) return known
      const token = maker.make(tokenClass, surface)
      byValue.set(value, token)
      byToken.set(token, { class: tokenClass, surface })
      return token
    },
    restorable(token) {
      const value = byToken.get(token)
      return value && NEVER_RESTORED.has(value.class) ? undefined : value
    },
    restorableTokens: () =>
      [...byToken].filter(([, value]) => !NEVER_RESTORED.has(value.class)).map(([token]) => token),
    masked: () => byToken.values(),
    isOwn: (token) => byToken.has(token),
  }
}

/** Where this request's own tokens stand in a masked text. */
export function findOwnTokens(map: Pick<TokenMap, 'isOwn'>, text: string): { start: number; end: number }[] {
  return findTokenShapes(text).filter(({ start, end }) => map.isOwn(text.slice(start, end)))
}
