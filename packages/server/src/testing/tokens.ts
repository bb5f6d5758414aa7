import { createTokenMatcher } from '../pipeline/tokens/shape.ts'

/** Tokens in a text that reached a provider, each once. */
export function tokensIn(text: string): string[] {
  return [...new Set(text.match(createTokenMatcher()) ?? [])]
}
