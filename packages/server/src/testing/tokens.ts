import { createTokenMatcher } from '../pipeline/tokens/shape.ts'

/** Tokens in a text that reached a provider, each once. */
export function tokensIn(text: string): string[] {
  return [...new Set(text.match(createTokenMatcher()) ?? [])]
}

/** The same without them: the digits of one may be those of a value that must not be there. */
export function withoutTokens(text: string): string {
  return text.replace(createTokenMatcher(), '')
}
