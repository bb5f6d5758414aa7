import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Engine, Question, Reply, Turn } from './engine.ts'

/** The engine behind OpenAI's protocol: chat completions, whole and streamed, and the list of models. */
export interface LlamaServer {
  readonly baseUrl: string
  readonly port: number
  /** Bodies of chat completions as they came. */
  readonly arrivals: readonly string[]
  /** Connections that were ever opened to it. */
  connections(): number
  close(): Promise<void>
}

interface ChatRequest {
  readonly model: string
  readonly messages: readonly Turn[]
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly temperature?: number
  readonly max_tokens?: number
  readonly max_completion_tokens?: number
  readonly response_format?: { readonly type: string; readonly json_schema?: { readonly schema: object } }
}

const USUAL_TOKENS = 128

/** Starts it on a free port of 127.0.0.1. */
export async function serveLlama(engine: Engine, model: string): Promise<LlamaServer> {
  const arrivals: string[] = []
  let opened = 0
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (incoming.url === '/v1/models') {
      return sendJson(response, 200, {
        object: 'list',
        data: [{ id: model, object: 'model', created: 1, owned_by: 'us' }],
      })
    }
    if (incoming.url !== '/v1/chat/completions') return refuse(response, 404, 'no such path')
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    arrivals.push(body)
    const request: ChatRequest = JSON.parse(body)
    if (request.model !== model) return refuse(response, 404, 'no such model')
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    await (request.stream ? answerStream : answerWhole)(engine, request, gone.signal, response)
  }
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => {
      if (response.headersSent) response.destroy()
      else refuse(response, 400, 'this request cannot be answered')
    })
  })
  server.on('connection', () => (opened += 1))
  const port = await listen(server)
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    arrivals,
    connections: () => opened,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function toQuestion(request: ChatRequest, signal: AbortSignal): Question {
  const { messages, temperature = 1, response_format: format } = request
  const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? USUAL_TOKENS
  return { messages, temperature, maxTokens, signal, ...(format?.json_schema && { schema: format.json_schema.schema }) }
}

async function answerWhole(
  engine: Engine,
  request: ChatRequest,
  signal: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const reply = await engine.ask(toQuestion(request, signal))
  const message = { role: 'assistant', content: reply.text }
  const choices = [{ index: 0, message, finish_reason: reasonOf(reply) }]
  sendJson(response, 200, { ...head(request, 'chat.completion'), choices, usage: usageOf(reply) })
}

async function answerStream(
  engine: Engine,
  request: ChatRequest,
  signal: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const send = (document: object): unknown =>
    response.write(`data: ${JSON.stringify({ ...head(request, 'chat.completion.chunk'), ...document })}\n\n`)
  const sendDelta = (delta: object, reason: string | null = null): unknown =>
    send({ choices: [{ index: 0, delta, finish_reason: reason }] })
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  sendDelta({ role: 'assistant', content: '' })
  const reply = await engine.ask({ ...toQuestion(request, signal), onText: (content) => sendDelta({ content }) })
  sendDelta({}, reasonOf(reply))
  if (request.stream_options?.include_usage) send({ choices: [], usage: usageOf(reply) })
  response.end('data: [DONE]\n\n')
}

const head = ({ model }: ChatRequest, object: string): object => ({ id: 'chatcmpl-llama', object, created: 1, model })

const reasonOf = ({ isCutShort }: Reply): string => (isCutShort ? 'length' : 'stop')

const usageOf = ({ promptTokens, completionTokens }: Reply): object => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
})

function refuse(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { error: { message, type: 'invalid_request_error', code: null } })
}

function sendJson(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('expected a TCP address')
  return address.port
}
