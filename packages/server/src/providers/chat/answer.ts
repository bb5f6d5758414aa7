/** What a model says, in the order it says it; the same for a whole answer and for a stream. */
export type AnswerPart =
  | { readonly kind: 'text' | 'reasoning'; readonly text: string }
  /** A tool call begins. Its arguments follow under the same index, from 0 on. */
  | { readonly kind: 'call'; readonly index: number; readonly id: string; readonly name: string }
  /** A piece of the text of a JSON object. */
  | { readonly kind: 'arguments'; readonly index: number; readonly text: string }
  | { readonly kind: 'finish'; readonly reason: FinishReason }
  /** May come more than once; the last one counts. */
  | { readonly kind: 'usage'; readonly usage: Usage }

export type FinishReason = 'content_filter' | 'length' | 'stop' | 'tool_calls'

/** Tokens. */
export interface Usage {
  /** Everything the model read, cached or not. */
  readonly prompt: number
  /** Everything it wrote, reasoning included. */
  readonly completion: number
  readonly cached?: number
  readonly reasoning?: number
}

/** Turns the decoded events of one provider's stream into what the model says. */
export interface AnswerReader {
  /** Throws `provider.*`. */
  push(event: { readonly name: string; readonly data: string }): AnswerPart[]
  /** The bytes have ended: what was still to be said. Throws `provider.invalid-answer` when the answer has not. */
  end(): AnswerPart[]
}

/** A dialect's answers. */
export interface AnswerDialect {
  /** The document of a whole answer. Throws `provider.*`. */
  readWhole(text: string): AnswerPart[]
  createReader(): AnswerReader
}
