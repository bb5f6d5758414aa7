import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { cutBytes } from './script.ts'
import type { ModelScript } from './script.ts'

/** What reached a server. */
export interface ModelRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Uint8Array
  readonly body: unknown
}

export interface ModelAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: string | Uint8Array
}

/** A vendor's server on loopback: it checks requests as the vendor does and says what it was told to. */
export interface ModelServer {
  readonly url: string
  readonly received: readonly ModelRequest[]
  /** Why it refused, in order. */
  readonly faults: readonly string[]
  /** From now on; a function is asked what to say to each request. */
  say(script: ModelScript | ((request: ModelRequest) => ModelScript)): void
  /** From now on, these bytes in the place of an answer; undefined: the answer again. */
  answer(answer: ModelAnswer | undefined): void
  /** How the bytes of answers are cut; any other number cuts elsewhere. */
  cutBy(seed: number): void
  clear(): void
  close(): Promise<void>
}

/** How one vendor answers. Throw a `Fault` to refuse. */
export type Serve = (request: ModelRequest, script: ModelScript, seed: number) => ModelAnswer

/** A refusal in a vendor's way. */
export class Fault extends Error {
  readonly answer: ModelAnswer

  constructor(reason: string, answer: ModelAnswer) {
    super(reason)
    this.answer = answer
  }
}

const NOTHING: ModelScript = { blocks: [{ kind: 'text', text: 'Fine.' }], stop: 'end', usage: { read: 1, written: 1 } }

export async function startModelServer(serve: Serve): Promise<ModelServer> {
  const received: ModelRequest[] = []
  const faults: string[] = []
  let scriptFor = (_request: ModelRequest): ModelScript => NOTHING
  let fixed: ModelAnswer | undefined
  let seed = 1

  function decide(request: ModelRequest): ModelAnswer {
    try {
      const answer = serve(request, scriptFor(request), seed)
      return fixed ?? answer
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      faults.push(error.message)
      return error.answer
    }
  }

  const server = createServer((incoming, outgoing) => {
    receive(incoming)
      .then(async (request) => {
        received.push(request)
        await send(decide(request), outgoing, seed)
      })
      .catch(() => outgoing.destroy())
  })
  server.on('connection', (socket) => socket.setNoDelay(true))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    received,
    faults,
    say: (next) => {
      scriptFor = typeof next === 'function' ? next : () => next
    },
    answer: (next) => {
      fixed = next
    },
    cutBy: (next) => {
      seed = next
    },
    clear: () => {
      received.length = 0
      faults.length = 0
      scriptFor = () => NOTHING
      fixed = undefined
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function send({ status, headers, bytes }: ModelAnswer, outgoing: ServerResponse, seed: number): Promise<void> {
  outgoing.writeHead(status, headers)
  for (const piece of cutBytes(Buffer.from(bytes), seed, 300)) {
    outgoing.write(piece)
    await setImmediate()
  }
  outgoing.end()
}

async function receive(incoming: IncomingMessage): Promise<ModelRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const { method = '', url = '', headers } = incoming
  return { method, path: url, headers, bytes, body: parse(bytes.toString('utf8')) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
