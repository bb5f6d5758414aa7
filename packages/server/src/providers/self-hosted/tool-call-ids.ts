import { randomUUID } from 'node:crypto'
import { createSseDecoder, toOneLine } from '../../platform/http/sse.ts'

// What does not mention them is not read.
const MENTION = '"tool_calls"'
const encoder = new TextEncoder()

interface ToolCall {
  id?: unknown
  index?: unknown
}

interface Answer {
  readonly choices?: readonly {
    readonly index?: unknown
    readonly message?: { readonly tool_calls?: unknown }
    readonly delta?: { readonly tool_calls?: unknown }
  }[]
}

/** A completion whose tool calls all have an id: a client names it when it sends the tool's result. */
export function fillToolCallIds(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes)
  if (!text.includes(MENTION)) return bytes
  const answer = JSON.parse(text) as Answer
  for (const { message } of answer.choices ?? []) {
    for (const call of listCalls(message?.tool_calls)) if (!hasId(call)) call.id = createId()
  }
  return encoder.encode(JSON.stringify(answer))
}

/** The same for a stream: the first piece of each call has its id and its index. */
export async function* fillToolCallIdsOfStream(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = createSseDecoder()
  const begun = new Set<string>()
  for await (const chunk of chunks) {
    let text = ''
    for (const { name, data } of decoder.push(chunk)) {
      if (name !== 'message') text += `event: ${name}\n`
      text += `data: ${data.includes(MENTION) ? fillEvent(data, begun) : toOneLine(data)}\n\n`
    }
    if (text !== '') yield encoder.encode(text)
  }
}

function fillEvent(data: string, begun: Set<string>): string {
  const answer = JSON.parse(data) as Answer
  for (const [at, { index, delta }] of (answer.choices ?? []).entries()) {
    for (const [place, call] of listCalls(delta?.tool_calls).entries()) {
      call.index ??= place
      const key = JSON.stringify([index ?? at, call.index])
      if (!begun.has(key) && !hasId(call)) call.id = createId()
      begun.add(key)
    }
  }
  return JSON.stringify(answer)
}

function listCalls(calls: unknown): ToolCall[] {
  return Array.isArray(calls) ? calls.filter((call): call is ToolCall => typeof call === 'object' && call !== null) : []
}

function hasId({ id }: ToolCall): boolean {
  return typeof id === 'string' && id !== ''
}

/** Letters alone: runs of digits could be taken for somebody's number, and would then be removed. */
function createId(): string {
  const letters = randomUUID()
    .replaceAll('-', '')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))
  return `call_${letters}`
}
