import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a scripted model server does with one request. */
export type UpstreamScript =
  /** A completion with this document. */
  | { readonly kind: 'whole'; readonly document: unknown }
  /** An event stream of these pieces, byte for byte, each its own write; `cuts` drops the connection behind them. */
  | {
      readonly kind: 'stream'
      readonly pieces: readonly (string | Uint8Array)[]
      readonly cuts?: boolean
      /** Milliseconds between pieces. */
      readonly gapMs?: number
    }
  /** Any status and bytes. */
  | {
      readonly kind: 'raw'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly bytes: string | Uint8Array
    }
  /** No answer at all; with `afterHeaders`, none behind the headers of a stream. */
  | { readonly kind: 'hang'; readonly afterHeaders?: boolean }
  /** The connection breaks without an answer. */
  | { readonly kind: 'drop' }

export interface UpstreamRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** As received, byte for byte. */
  readonly text: string
  readonly body: unknown
}

/** A model server on loopback that records what reached it and answers by script. */
export interface ScriptedUpstream {
  /** E.g. `http://127.0.0.1:4000/v1`. */
  readonly baseUrl: string
  /** Requests in order of arrival. */
  readonly received: readonly UpstreamRequest[]
  /** How many connections were opened, used or not. */
  connections(): number
  /** Requests whose client left before the answer was complete. */
  abandoned(): number
  /** From now on, every request gets this; a function decides by the request. */
  answer(script: UpstreamScript | ((request: UpstreamRequest) => UpstreamScript)): void
  clear(): void
  close(): Promise<void>
}

const FINE: UpstreamScript = {
  kind: 'whole',
  document: {
    id: 'chatcmpl-upstream',
    object: 'chat.completion',
    created: 1,
    model: 'scripted',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' }],
  },
}

export async function startUpstream(): Promise<ScriptedUpstream> {
  const received: UpstreamRequest[] = []
  let script: UpstreamScript | ((request: UpstreamRequest) => UpstreamScript) = FINE
  let connections = 0
  let abandoned = 0

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const text = await readText(incoming)
    const request = { path: incoming.url ?? '', headers: incoming.headers, text, body: parse(text) }
    received.push(request)
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) abandoned++
    })
    await play(typeof script === 'function' ? script(request) : script, outgoing)
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    connections: () => connections,
    abandoned: () => abandoned,
    answer: (next) => {
      script = next
    },
    clear: () => {
      received.length = 0
      connections = 0
      abandoned = 0
      script = FINE
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The events of a stream that says these texts in order, as pieces for a script; ends in `[DONE]`. */
export function streamOf(texts: readonly string[], model = 'scripted'): string[] {
  const head = { id: 'chatcmpl-upstream', object: 'chat.completion.chunk', created: 1, model }
  const event = (delta: unknown, reason: string | null): string =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
  return [
    event({ role: 'assistant', content: '' }, null),
    ...texts.map((content) => event({ content }, null)),
    event({}, 'stop'),
    'data: [DONE]\n\n',
  ]
}

async function play(script: UpstreamScript, outgoing: ServerResponse): Promise<void> {
  switch (script.kind) {
    case 'whole':
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(script.document))
      return
    case 'stream':
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
      outgoing.flushHeaders()
      for (const piece of script.pieces) {
        outgoing.write(piece)
        if (script.gapMs !== undefined) await sleep(script.gapMs)
      }
      if (script.cuts === true) outgoing.destroy()
      else outgoing.end()
      return
    case 'raw':
      outgoing.writeHead(script.status, script.headers).end(script.bytes)
      return
    case 'hang':
      if (script.afterHeaders === true) outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      return
    case 'drop':
      outgoing.destroy()
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
