import { eventsOf as messageEvents, joinEvents, messageOf } from '../endpoints/anthropic-messages/test-parts.ts'
import { eventsOf as responseEvents, responseOf, toBytes } from '../endpoints/responses/test-parts.ts'

/** What a model says: texts, one after another, and a call of a tool. */
export interface Said {
  readonly content?: string
  readonly call?: { readonly name: string; readonly args: string }
}

/** What a caller sends, in the words of no protocol. */
export interface Asked {
  readonly user: string
  readonly system?: string
  /** What was said before, the caller first. */
  readonly history?: readonly string[]
  /** A tool that is declared, with its description. */
  readonly tool?: { readonly name: string; readonly description?: string }
  readonly more?: Readonly<Record<string, unknown>>
}

/** An endpoint as these tests speak it: one column of the table of peers' bugs. */
export interface Protocol {
  readonly name: string
  readonly path: string
  request(asked: Asked, isStream: boolean): Readonly<Record<string, unknown>>
  /** An answer as the provider sends it; texts are cut into pieces of `size`. */
  answer(said: Said, isStream: boolean, size?: number): string
  /** What a client makes of it. */
  read(text: string, isStream: boolean): Said
  /** An event that no version of the protocol knows. */
  readonly strangeEvent: string
}

type Json = Readonly<Record<string, unknown>>

const turns = (history: readonly string[] = [], user = ''): Json[] => [
  ...history.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content })),
  { role: 'user', content: user },
]

const parameters = { type: 'object', properties: { who: { type: 'string' } } }

function cut(text: string, size: number): string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size))
  return pieces
}

function dataOf(text: string): Json[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => Object(JSON.parse(line.slice('data: '.length))))
}

const chat: Protocol = {
  name: 'chat completions',
  path: '/v1/chat/completions',
  request: ({ user, system, history, tool, more }, stream) => ({
    model: 'scripted',
    ...(stream && { stream }),
    messages: [...(system === undefined ? [] : [{ role: 'system', content: system }]), ...turns(history, user)],
    ...(tool && { tools: [{ type: 'function', function: { ...tool, parameters } }] }),
    ...more,
  }),
  answer({ content, call }, isStream, size = 3) {
    const head = { id: 'x', created: 1, model: 'm' }
    const begun = call && { index: 0, id: 'call_1', type: 'function', function: { name: call.name, arguments: '' } }
    if (!isStream) {
      const calls = call && begun && [{ ...begun, function: { name: call.name, arguments: call.args } }]
      const message = { role: 'assistant', content: content ?? null, ...(calls && { tool_calls: calls }) }
      return JSON.stringify({
        ...head,
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
      })
    }
    const deltas: Json[] = [
      { role: 'assistant', content: '' },
      ...cut(content ?? '', size).map((piece) => ({ content: piece })),
      ...(begun ? [{ tool_calls: [begun] }] : []),
      ...cut(call?.args ?? '', size).map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    ]
    const event = (delta: Json, finish: string | null): string =>
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
    return [...deltas.map((delta) => event(delta, null)), event({}, 'stop'), 'data: [DONE]\n\n'].join('')
  },
  read(text, isStream) {
    const messages = (isStream ? dataOf(text) : [Object(JSON.parse(text))]).flatMap((document) =>
      Object(document)['choices'].map((choice: Json) => choice['message'] ?? choice['delta']),
    )
    const call = messages.flatMap(({ tool_calls = [] }) => tool_calls.map((part: Json) => Object(part['function'])))
    return {
      content: messages.map(({ content }) => content ?? '').join(''),
      ...(call.length > 0 && { call: { name: call[0].name, args: call.map((part) => part.arguments).join('') } }),
    }
  },
  strangeEvent: 'event: surprise\ndata: {"choices":[]}\n\n',
}

const responses: Protocol = {
  name: 'responses',
  path: '/v1/responses',
  request: ({ user, system, history, tool, more }, stream) => ({
    model: 'scripted',
    ...(stream && { stream }),
    ...(system !== undefined && { instructions: system }),
    input: turns(history, user),
    ...(tool && { tools: [{ type: 'function', ...tool, parameters }] }),
    ...more,
  }),
  answer({ content, call }, isStream, size = 3) {
    const message = {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: content ?? '', annotations: [] }],
    }
    const called = call && {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: call.name,
      arguments: call.args,
      status: 'completed',
    }
    const output = [...(content === undefined ? [] : [message]), ...(called ? [called] : [])]
    return isStream ? toBytes(responseEvents(output, [size - 1])).toString() : JSON.stringify(responseOf(output))
  },
  read(text, isStream) {
    const last = isStream ? Object(dataOf(text).at(-1))['response'] : JSON.parse(text)
    const output: Json[] = Object(last)['output']
    const call = output.find(({ type }) => type === 'function_call')
    const message = Object(output.find(({ type }) => type === 'message'))
    return {
      content: message.content?.[0]?.text ?? '',
      ...(call && { call: { name: String(call['name']), args: String(call['arguments']) } }),
    }
  },
  strangeEvent: 'event: surprise\ndata: {"type":"surprise"}\n\n',
}

const messages: Protocol = {
  name: 'messages',
  path: '/anthropic/v1/messages',
  request: ({ user, system, history, tool, more }, stream) => ({
    model: 'scripted',
    max_tokens: 100,
    ...(stream && { stream }),
    ...(system !== undefined && { system }),
    messages: turns(history, user),
    ...(tool && { tools: [{ ...tool, input_schema: parameters }] }),
    ...more,
  }),
  answer({ content, call }, isStream, size = 3) {
    const blocks = [
      ...(content === undefined ? [] : [{ type: 'text', text: content }]),
      ...(call ? [{ type: 'tool_use', id: 'toolu_1', name: call.name, input: JSON.parse(call.args) as unknown }] : []),
    ]
    return isStream ? messageEvents(blocks, [size]) : JSON.stringify(messageOf(blocks))
  },
  read(text, isStream) {
    const blocks = isStream ? joinEvents(text) : (Object(JSON.parse(text))['content'] as Json[])
    const call = blocks.find(({ type }) => type === 'tool_use')
    return {
      content: blocks.map(({ text: piece }) => (typeof piece === 'string' ? piece : '')).join(''),
      ...(call && { call: { name: String(call['name']), args: JSON.stringify(call['input']) } }),
    }
  },
  strangeEvent: 'event: surprise\ndata: {"type":"surprise"}\n\n',
}

/** Every endpoint that answers in texts, whole and streamed. One more is one more row here. */
export { chat, messages, responses }
export const PROTOCOLS: readonly Protocol[] = [chat, responses, messages]
export const COLUMNS: readonly (readonly [string, Protocol, boolean])[] = PROTOCOLS.flatMap((protocol) => [
  [`${protocol.name}, whole`, protocol, false] as const,
  [`${protocol.name}, streamed`, protocol, true] as const,
])
