import { setImmediate } from 'node:timers/promises'
import type { ProviderAdapter } from './adapter.ts'

/** What the demo says of itself in every answer. */
export const DEMO_NOTICE = 'This is the built-in demo model: it repeats what it was sent and reasons about nothing.'

const MAX_SENTENCES = 3
const MAX_QUOTE_CHARS = 600
// The gateway's tokens look like this; the demo knows no more about them than any model does.
const TOKEN_LIKE = /\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g
// A title's full stop ends no sentence, and a wrapped line none either.
const SENTENCE_END = /(?<=(?<!\b(?:Dr|Mrs?|Ms|Prof|St|Mt|Jr|Sr|No|vs))[.!?])\s+|\n{2,}/
const CHUNK_CHARS = 24
const encoder = new TextEncoder()

/** A summariser that needs no network: the same answer to the same body, whole or streamed. */
export function createDemo(): ProviderAdapter {
  return {
    serves: (endpoint) => endpoint === 'chat.completions',
    async send({ body }, { isStream }) {
      const request = readRequest(body)
      const text = summarise(request.texts)
      if (!isStream) return { kind: 'whole', bytes: encoder.encode(JSON.stringify(toCompletion(request, text))) }
      return { kind: 'stream', chunks: streamOf(request, text) }
    },
    close: async () => undefined,
  }
}

interface DemoRequest {
  readonly model: string
  readonly n: number
  readonly includesUsage: boolean
  /** What people and tools said, oldest first. */
  readonly texts: readonly string[]
}

interface ChatBody {
  readonly model: string
  readonly n?: number | null
  readonly stream_options?: { readonly include_usage?: boolean } | null
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
}

function readRequest(body: string): DemoRequest {
  const { model, n, stream_options, messages } = JSON.parse(body) as ChatBody
  return {
    model,
    n: n ?? 1,
    includesUsage: stream_options?.include_usage === true,
    texts: messages.filter(({ role }) => role === 'user' || role === 'tool').map(({ content }) => textOf(content)),
  }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part: { readonly text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('\n')
}

function summarise(texts: readonly string[]): string {
  const last = texts.at(-1) ?? ''
  const sentences = last.split(SENTENCE_END).filter((sentence) => sentence.trim() !== '')
  const summary = sentences.slice(0, MAX_SENTENCES).join(' ').replaceAll(/\s+/g, ' ').slice(0, MAX_QUOTE_CHARS)
  const tokens = [...new Set(texts.flatMap((text) => text.match(TOKEN_LIKE) ?? []))]
  const seen =
    tokens.length === 0
      ? 'No value was masked in what reached me.'
      : `Tokens I was sent in place of values, as they came (${tokens.length}): ${tokens.join(', ')}.`
  return `${DEMO_NOTICE}\n\nSummary: ${summary}\n\n${seen}`
}

function usageOf({ texts }: DemoRequest, text: string): Record<string, number> {
  const count = (given: string): number => given.split(/\s+/).length
  const [prompt_tokens, completion_tokens] = [count(texts.join(' ')), count(text)]
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}

function toCompletion(request: DemoRequest, content: string): unknown {
  const choices = Array.from({ length: request.n }, (_, index) => ({
    index,
    message: { role: 'assistant', content, refusal: null },
    logprobs: null,
    finish_reason: 'stop',
  }))
  const head = { id: 'chatcmpl-demo', object: 'chat.completion', created: 0, model: request.model }
  return { ...head, choices, usage: usageOf(request, content) }
}

async function* streamOf(request: DemoRequest, text: string): AsyncGenerator<Uint8Array> {
  const head = { id: 'chatcmpl-demo', object: 'chat.completion.chunk', created: 0, model: request.model }
  const event = (rest: unknown): Uint8Array =>
    encoder.encode(`data: ${JSON.stringify({ ...head, ...Object(rest) })}\n\n`)
  const choice = (index: number, delta: unknown, finish_reason: string | null = null): Uint8Array =>
    event({ choices: [{ index, delta, finish_reason }] })
  const indices = Array.from({ length: request.n }, (_, index) => index)
  for (const index of indices) yield choice(index, { role: 'assistant', content: '' })
  for (let at = 0; at < text.length; at += CHUNK_CHARS) {
    for (const index of indices) yield choice(index, { content: text.slice(at, at + CHUNK_CHARS) })
    await setImmediate()
  }
  for (const index of indices) yield choice(index, {}, 'stop')
  if (request.includesUsage) yield event({ choices: [], usage: usageOf(request, text) })
  yield encoder.encode('data: [DONE]\n\n')
}
