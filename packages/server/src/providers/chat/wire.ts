import type { WireDialect } from '../transport/index.ts'
import type { AnswerDialect } from './answer.ts'
import { invalidAnswer } from './refusals.ts'
import type { ChatRequest } from './request.ts'
import type { EventDecoder } from './translate-stream.ts'
import { translateStream } from './translate-stream.ts'
import { createChunkWriter } from './write-chunks.ts'
import { writeCompletion } from './write-completion.ts'

export interface ChatWireOptions {
  readonly answers: AnswerDialect
  readonly createDecoder: () => EventDecoder
  /** As the request named it. */
  readonly model: string
  readonly request: Pick<ChatRequest, 'includesUsage'>
  /** When it was sent. */
  readonly sentAt: Date
}

const encoder = new TextEncoder()

/** Makes answers of `chat.completions` of what a transport receives in another dialect. */
export function toChatWire({ answers, createDecoder, model, request, sentAt }: ChatWireOptions): WireDialect {
  const head = { model, created: Math.floor(sentAt.getTime() / 1_000) }
  return {
    readWhole: (bytes) => encoder.encode(writeCompletion(answers.readWhole(decodeText(bytes)), head)),
    readStream: (chunks) =>
      translateStream(chunks, {
        decoder: createDecoder(),
        reader: answers.createReader(),
        writer: createChunkWriter(head, request.includesUsage),
      }),
  }
}

/** Throws `provider.invalid-answer` for what is not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalidAnswer('the answer is not UTF-8')
  }
}
