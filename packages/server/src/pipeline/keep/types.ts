/** One crossing of a tenant that keeps them: what of it must be remembered until its outcome is durable. */
export interface Keeping {
  /** The provider's stream as it comes, heard along. */
  hear(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  /** What the caller gets, read along where that is kept too. */
  read(texts: AsyncGenerator<string, string, undefined>): AsyncGenerator<string, string, undefined>
  /** Hands it over, once its outcome is durable. */
  settle(answer: { readonly kind: 'whole'; readonly text: string } | { readonly kind: 'stream' }): void
}
