// A model server that takes no time: OpenAI's shape over plain HTTP, in a process of its own. Prints its port.
//   node upstream.ts [--port N]
// The answer is the first 400 characters of the last message, so that a gateway that masks has something to restore.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'

interface ChatRequest {
  readonly model: string
  readonly messages: readonly { readonly content: string }[]
  readonly stream?: boolean
}

const ANSWER_LENGTH = 400
const DELTA_LENGTH = 20
const USAGE = { prompt_tokens: 100, completion_tokens: 100, total_tokens: 200 }

async function readRequest(request: IncomingMessage): Promise<ChatRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

function answerWhole(response: ServerResponse, model: string, content: string): void {
  const choice = { index: 0, message: { role: 'assistant', content, refusal: null }, finish_reason: 'stop' }
  const body = { id: 'chatcmpl-bench', object: 'chat.completion', created: 1, model, choices: [choice], usage: USAGE }
  const text = JSON.stringify(body)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}

function answerStream(response: ServerResponse, model: string, content: string): void {
  const event = (delta: object, finish: string | null): string => {
    const choice = { index: 0, delta, finish_reason: finish }
    const chunk = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model, choices: [choice] }
    return `data: ${JSON.stringify(chunk)}\n\n`
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(event({ role: 'assistant', content: '' }, null))
  for (let at = 0; at < content.length; at += DELTA_LENGTH) {
    response.write(event({ content: content.slice(at, at + DELTA_LENGTH) }, null))
  }
  response.end(`${event({}, 'stop')}data: [DONE]\n\n`)
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { model, messages, stream } = await readRequest(request)
  const content = messages.at(-1)?.content.slice(0, ANSWER_LENGTH) ?? ''
  if (stream) answerStream(response, model, content)
  else answerWhole(response, model, content)
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  answer(request, response).catch(() => response.writeHead(400).end())
})
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
process.on('SIGTERM', () => process.exit(0))
