import type { Fields } from './json.ts'

/** A body of `chat.completions`, as far as it can be said to a model that speaks another dialect. */
export interface ChatRequest {
  readonly isStream: boolean
  /** The last event of a stream tells the tokens. */
  readonly includesUsage: boolean
  readonly system: readonly string[]
  /** User and assistant in turn; the first and the last are the user's. */
  readonly turns: readonly Turn[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly allowsParallelCalls?: boolean
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly seed?: number
  readonly stop: readonly string[]
  readonly format?: AnswerFormat
  readonly reasoningEffort?: string
  /** Masked, as everything here. */
  readonly user?: string
}

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly pieces: readonly Piece[]
}

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly input: Fields }
  | { readonly kind: 'result'; readonly id: string; readonly name: string; readonly text: string }

export interface Tool {
  readonly name: string
  readonly description?: string
  /** JSON Schema. */
  readonly parameters: Fields
  readonly isStrict: boolean
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'named'; readonly name: string }

export type AnswerFormat =
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly name: string; readonly description?: string; readonly schema: Fields }
