import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readWhole } from '../read-whole.ts'

/** A model in OpenAI's dialect: says what it was sent, adds somebody nobody named, calls the tool. */
export interface ScriptedModel {
  readonly port: number
  /** Every body that reached it. */
  readonly received: readonly string[]
  [Symbol.asyncDispose](): Promise<void>
}

const TOKEN = /\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g
const PIECE = 5
/** What the model adds about somebody nobody named. */
export const SAID_TOO = 'Also John Smith, SSN 078-05-1120, called.'
const USAGE = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 }

interface Said {
  readonly text: string
  readonly args: string
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  const received: string[] = []
  const server = createServer((incoming, response) => {
    void readWhole(incoming).then((bytes) => {
      const body = bytes.toString()
      received.push(body)
      const tokens = findTokens(body)
      const text = `On ${tokens.join(' and ')}. ${SAID_TOO}`
      const said: Said = { text, args: JSON.stringify({ who: tokens[0] }) }
      const isStream = Object(JSON.parse(body)).stream === true
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
      response.end(isStream ? chatEvents(said) : JSON.stringify(chat(said)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    received,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** What stands for values of the caller in a body that reached a model, in its order. */
export const findTokens = (body: string): string[] => [...new Set(body.match(TOKEN) ?? [])]

const cut = (text: string): string[] =>
  Array.from({ length: Math.ceil(text.length / PIECE) }, (_, at) => text.slice(at * PIECE, (at + 1) * PIECE))

const CHAT_HEAD = { id: 'chatcmpl-scripted', created: 1, model: 'scripted' }
const callOf = (args: string): object => ({
  id: 'call_1',
  type: 'function',
  function: { name: 'look_up', arguments: args },
})

function chat({ text, args }: Said): object {
  const answer = { role: 'assistant', content: text, tool_calls: [callOf(args)] }
  const choices = [{ index: 0, message: answer, finish_reason: 'tool_calls' }]
  return { ...CHAT_HEAD, object: 'chat.completion', choices, usage: USAGE }
}

function chatEvents({ text, args }: Said): string {
  const deltas: object[] = [
    { role: 'assistant', content: '' },
    ...cut(text).map((content) => ({ content })),
    { tool_calls: [{ index: 0, ...callOf('') }] },
    ...cut(args).map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    {},
  ]
  const events = deltas.map((delta, at) => ({
    ...CHAT_HEAD,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: at === deltas.length - 1 ? 'tool_calls' : null }],
  }))
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`
}
