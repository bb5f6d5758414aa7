import type { AppError } from '@breakwater/kernel'
import type { JsonPath } from '../walk/path.ts'
import type { Shape } from '../walk/shape.ts'
import type { Locator } from './locate.ts'
import type { SseEvent } from '../../platform/http/sse.ts'

/** What stands in an answer in the place of the provider's own words about itself. */
export interface AnswerHead {
  readonly answerId: string
  /** As the request named it. */
  readonly model: string
  /** The request asked for JSON as content. */
  readonly isJsonContent: boolean
  /** What was asked, for dialects whose answers point into it. */
  readonly request?: {
    /** As its caller sent it, and as it left. */
    readonly own: string
    readonly sent: string
    readonly locate: Locator
  }
}

/** Where the pieces of one text belong. */
export interface ChannelPlace {
  /** What they end with: a choice, a content part, a block. */
  readonly owner: string
  /** The text among those of its owner; numbers are values of `index`. */
  readonly place: readonly (string | number)[]
  readonly isJson: boolean
  /** It tells all of a text, pieces of which may have come before. */
  readonly isWhole?: boolean
}

/** A text that another part of the answer points into. */
export interface TextPlace extends ChannelPlace {
  /** As the provider sent it, where the same document holds it. */
  readonly text?: string
}

/** One event of a stream as the guard takes it. */
export type StreamEvent =
  | DocumentEvent
  | { readonly kind: 'ignored' }
  | { readonly kind: 'end'; readonly closing: string }

/** An event that brings a document. */
export interface DocumentEvent {
  readonly kind: 'document'
  /** Of the event; empty where the dialect names none. */
  readonly name: string
  readonly text: string
  readonly root: unknown
  /** Whether no more of this owner's texts follows. */
  ends(owner: string): boolean
  /** It says something even when all its text is held back. */
  readonly isNews: boolean
  /** Nothing follows it: what is still held back leaves before it, and it waits for the durable outcome. */
  readonly isLast: boolean
}

/**
 * How one protocol writes answers: made once for each answer, so it may count. Whatever it does not know, it refuses:
 * `readWhole` and `readEvent` throw `provider.invalid-answer`, and `provider.failed` for an error of the provider's.
 */
export interface AnswerDialect {
  /** Of a whole answer, and of an event's document. */
  readonly shapes: { readonly whole: Shape; readonly event: Shape }
  /** Streams tell a text in pieces and then as a whole, and both must say the same. */
  readonly repeats?: true
  /** The root of a whole answer. */
  readWhole(text: string): unknown
  readEvent(event: SseEvent): StreamEvent
  channelOf(path: JsonPath, root: unknown): ChannelPlace
  /** The text that this one goes on from: whoever reads the answer reads both as one. */
  before?(place: ChannelPlace): Pick<ChannelPlace, 'owner' | 'place'> | undefined
  /** The text that an `offset` points into. */
  textOf?(path: JsonPath, root: unknown): TextPlace
  /** Where an `offset` is in what the caller sent, for one that points there. */
  placeInRequest?(path: JsonPath, root: unknown, place: number): number | undefined
  /** Strings that every event repeats, and that say nothing of the answer. */
  isHead(path: JsonPath): boolean
  /** An event with its document as guarded, in the words of the wire. */
  toEvent(event: DocumentEvent, document: string): string
  /** An event that brings what was held back of a text. */
  toRest(place: ChannelPlace, rest: string): string
  /** The event that ends a stream that failed. */
  toError(error: AppError): string
}
