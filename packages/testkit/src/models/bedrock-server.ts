import type { z } from 'zod'
import { toEventFrame } from '../aws/frames.ts'
import { findSignatureFault } from '../aws/verify-signature.ts'
import type { AwsAccount } from '../aws/verify-signature.ts'
import { toNamedSse } from './anthropic-server.ts'
import { claudeBody, converseBody, llamaBody } from './bedrock-rules.ts'
import { converseAnswer, converseEvents } from './converse-answers.ts'
import { llamaAnswer, llamaEvents } from './llama-answers.ts'
import { messagesAnswer, messagesEvents } from './messages-answers.ts'
import { anthropicBody } from './messages-rules.ts'
import { Fault, startModelServer } from './model-server.ts'
import type { ModelAnswer, ModelRequest, ModelServer } from './model-server.ts'
import { createCut } from './script.ts'
import type { Cut, ModelScript } from './script.ts'

export interface BedrockServerOptions {
  readonly region: string
  readonly service: 'bedrock' | 'bedrock-mantle'
  readonly account: AwsAccount
  readonly bearerKey?: string
}

/** What a vendor's body must be, and how it answers. */
interface Native {
  readonly body: z.ZodType
  readonly whole: (script: ModelScript) => object
  readonly events: (script: ModelScript, cut: Cut) => object[]
}

const NATIVES: Readonly<Record<string, Native>> = {
  anthropic: { body: claudeBody, whole: messagesAnswer, events: messagesEvents },
  meta: { body: llamaBody, whole: llamaAnswer, events: llamaEvents },
}
const PATH = /^\/model\/([^/]+)\/(converse|converse-stream|invoke|invoke-with-response-stream)$/
const FRAMES = 'application/vnd.amazon.eventstream'

/** Bedrock's runtime: signatures recomputed, bodies checked, answers in JSON, frames, or OpenAI's events. */
export async function startBedrockServer(options: BedrockServerOptions): Promise<ModelServer> {
  return startModelServer((request, script, seed) => {
    requireCaller(request, options)
    const cut = createCut(seed)
    if (request.path === '/openai/v1/chat/completions') return answerOpenAi(request, script, cut)
    if (request.path === '/anthropic/v1/messages') return answerMessages(request, script, cut)
    const [, id = '', operation = ''] = PATH.exec(request.path) ?? []
    if (operation === '') throw refuse(404, 'UnknownOperationException', request.path)
    return operation.startsWith('converse')
      ? converse(request, script, operation.endsWith('stream') ? cut : undefined)
      : invoke(request, script, decodeURIComponent(id), operation.endsWith('stream') ? cut : undefined)
  })
}

function requireCaller(request: ModelRequest, { region, service, account, bearerKey }: BedrockServerOptions): void {
  const { authorization } = request.headers
  if (bearerKey !== undefined && authorization === `Bearer ${bearerKey}`) return
  const fault = findSignatureFault({ ...request, body: request.bytes }, account, { region, service })
  if (fault !== undefined) throw refuse(403, fault.split(':', 1)[0] ?? '', fault)
}

function converse({ body }: ModelRequest, script: ModelScript, cut: Cut | undefined): ModelAnswer {
  check(converseBody, body)
  if (!cut) return json(converseAnswer(script))
  return frames(converseEvents(script, cut).map(([name, payload]) => toEventFrame(name, payload)))
}

function invoke({ body }: ModelRequest, script: ModelScript, id: string, cut: Cut | undefined): ModelAnswer {
  const native = Object.entries(NATIVES).find(([vendor]) => id.split('.').includes(vendor))?.[1]
  if (!native) throw refuse(400, 'ValidationException', 'model')
  check(native.body, body)
  if (!cut) return json(native.whole(script))
  return frames(
    native.events(script, cut).map((event) => {
      const bytes = Buffer.from(JSON.stringify(event)).toString('base64')
      return toEventFrame('chunk', { bytes, p: 'abcdefgh' })
    }),
  )
}

/** Claude in its own dialect, with server-sent events. */
function answerMessages({ headers, body }: ModelRequest, script: ModelScript, cut: Cut): ModelAnswer {
  if (headers['anthropic-version'] !== '2023-06-01') throw refuse(400, 'ValidationException', 'anthropic-version')
  const { data, error } = anthropicBody.safeParse(body)
  if (error) throw refuse(400, 'ValidationException', error.message)
  if (data.stream !== true) return json(messagesAnswer(script))
  const bytes = toNamedSse(messagesEvents(script, cut))
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, bytes }
}

function answerOpenAi({ body }: ModelRequest, { blocks }: ModelScript, cut: Cut): ModelAnswer {
  const text = blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('')
  const head = { id: 'chatcmpl-1', created: 1, model: 'gpt-oss' }
  if (typeof body !== 'object' || body === null || !('stream' in body) || body.stream !== true) {
    const message = { role: 'assistant', content: text }
    return json({ ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] })
  }
  const choices = [
    ...cut(text).map((content) => ({ index: 0, delta: { content }, finish_reason: null })),
    { index: 0, delta: {}, finish_reason: 'stop' },
  ]
  const events = choices.map((choice) =>
    JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [choice] }),
  )
  const bytes = [...events, '[DONE]'].map((event) => `data: ${event}\n\n`).join('')
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, bytes }
}

function check(rules: z.ZodType, body: unknown): void {
  const { error } = rules.safeParse(body)
  if (error) throw refuse(400, 'ValidationException', error.message)
}

function json(document: object): ModelAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, bytes: JSON.stringify(document) }
}

function frames(list: readonly Uint8Array[]): ModelAnswer {
  return { status: 200, headers: { 'content-type': FRAMES }, bytes: Buffer.concat(list) }
}

function refuse(status: number, type: string, reason: string): Fault {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/`,
  }
  return new Fault(reason, { status, headers, bytes: JSON.stringify({ message: `vendor's text: ${reason}` }) })
}
