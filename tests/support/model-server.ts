import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request as the model server received it. */
export interface Arrival {
  readonly model: string
  readonly body: string
  readonly at: Date
}

/** A model server whose manners are chosen by the model's name: `echo` is the good one, the others fail in their own way. */
export interface ModelServer {
  readonly baseUrl: string
  readonly port: number
  readonly arrivals: readonly Arrival[]
  stop(): Promise<void>
}

interface ChatRequest {
  readonly model: string
  readonly messages: readonly { readonly content: string }[]
  readonly stream?: boolean
}

type Answer = (response: ServerResponse, request: ChatRequest, body: string) => Promise<void>

const DELTA_LENGTH = 7

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const answerWhole: Answer = async (response, { model, messages }) => {
  const message = { role: 'assistant', content: messages.at(-1)?.content ?? '' }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  json(response, 200, { id: 'chatcmpl-test', object: 'chat.completion', created: 1, model, choices, usage })
}

const event = (model: string, delta: object, finish: string | null): string => {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  const chunk = { id: 'chatcmpl-test', object: 'chat.completion.chunk', created: 1, model, choices }
  return `data: ${JSON.stringify(chunk)}\n\n`
}

const beginStream = (response: ServerResponse, { model, messages }: ChatRequest, share: number): void => {
  const content = messages.at(-1)?.content ?? ''
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(event(model, { role: 'assistant', content: '' }, null))
  for (let at = 0; at < content.length * share; at += DELTA_LENGTH) {
    response.write(event(model, { content: content.slice(at, at + DELTA_LENGTH) }, null))
  }
}

const answerStream: Answer = async (response, request) => {
  beginStream(response, request, 1)
  response.end(`${event(request.model, {}, 'stop')}data: [DONE]\n\n`)
}

const never: Answer = async () => undefined

/** What an upstream that quotes the request says, as many do. */
const quoting =
  (status: number): Answer =>
  async (response, _request, body) =>
    json(response, status, { error: { message: `cannot process: ${body}`, type: 'invalid_request_error', code: null } })

const MANNERS: Readonly<Record<string, Answer>> = {
  'quotes-400': quoting(400),
  'quotes-401': quoting(401),
  'quotes-429': quoting(429),
  'quotes-500': quoting(500),
  hangs: never,
  'breaks-off': async (response, request) => {
    if (request.stream) beginStream(response, request, 0.6)
    else response.writeHead(200, { 'content-type': 'application/json', 'content-length': '9999' }).write('{"id":"x"')
    await sleep(20)
    response.destroy()
  },
  'talks-garbage': async (response, request, body) => {
    response.writeHead(200, { 'content-type': request.stream ? 'text/event-stream' : 'application/json' })
    response.end(`data: {"oops ${body}\n\n`)
  },
  'streams-slowly': async (response, request) => {
    beginStream(response, request, 0.5)
    await sleep(60_000, undefined, { ref: false })
  },
}

/** Every model that the server plays beside those that simply answer. */
export const ILL_MANNERED_MODELS: readonly string[] = Object.keys(MANNERS)

/** Starts it on a free port of 127.0.0.1, in this process: it outlives the gateway that is killed. */
export async function startModelServer(onArrival?: (arrival: Arrival) => void): Promise<ModelServer> {
  const arrivals: Arrival[] = []
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const request: ChatRequest = JSON.parse(body)
    const arrival = { model: request.model, body, at: new Date() }
    arrivals.push(arrival)
    onArrival?.(arrival)
    const answer = MANNERS[request.model] ?? (request.stream ? answerStream : answerWhole)
    await answer(response, request, body)
  }
  const server = createServer((incoming, response) => {
    // A gateway that is killed breaks its connections off.
    handle(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('expected a TCP address')
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    port: address.port,
    arrivals,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
