import { spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../../../tests/support/server.ts'
import { readWhole } from '../read-whole.ts'

/** What the mock, which knows OpenAI's description, said of one request that the gateway sent on. */
export interface Forwarded {
  readonly path: string
  readonly isValid: boolean
  /** Its codes with places, e.g. `E3008 body.model`. */
  readonly complaints: readonly string[]
}

/** The mock, with a recorder before it. */
export interface Mock {
  readonly port: number
  /** What was sent on since the last call. */
  take(): readonly Forwarded[]
  /**
   * The mock fills in log probabilities that nobody asked for; OpenAI answers null. With `true` they are null here too, so
   * that the rest of the answer is seen.
   */
  hideLogprobs(isHidden: boolean): void
  [Symbol.asyncDispose](): Promise<void>
}

const STEADY = fileURLToPath(new URL('../../../node_modules/.bin/steady', import.meta.url))
const READY_TIMEOUT_MS = 60_000

export async function startMock(description: string): Promise<Mock> {
  const port = await findFreePort()
  const formats = ['query-array', 'query-object', 'form-array', 'form-object'].map(
    (name) => `--validator-${name}-format=brackets`,
  )
  const child = spawn(STEADY, ['--host', '127.0.0.1', '-p', String(port), '--quiet', ...formats, description], {
    stdio: 'ignore',
  })
  await waitUntilHealthy(port, () => child.exitCode)
  let forwarded: Forwarded[] = []
  let hidesLogprobs = false
  const recorder = createServer((incoming, response) => {
    relay(incoming, response, port, () => hidesLogprobs)
      .then((record) => forwarded.push(record))
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve))
  return {
    port: (recorder.address() as AddressInfo).port,
    take() {
      const taken = forwarded
      forwarded = []
      return taken
    },
    hideLogprobs: (isHidden) => {
      hidesLogprobs = isHidden
    },
    async [Symbol.asyncDispose]() {
      recorder.close()
      recorder.closeAllConnections()
      child.kill()
    },
  }
}

async function waitUntilHealthy(port: number, readExit: () => number | null): Promise<void> {
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
    if (readExit() !== null) throw new Error(`the mock ended before it was ready: exit ${readExit()}`)
    const answer = await fetch(`http://127.0.0.1:${port}/_x-steady/health`).catch(() => undefined)
    if (answer?.ok) return
  }
  throw new Error('the mock was not ready in time')
}

async function relay(
  incoming: IncomingMessage,
  response: ServerResponse,
  port: number,
  hidesLogprobs: () => boolean,
): Promise<Forwarded> {
  const { method, url = '/', headers } = incoming
  const body = await readWhole(incoming)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path: url, headers: { ...headers, connection: 'close' } }
    request(options, resolve).on('error', reject).end(body)
  })
  const text = (await readWhole(answer)).toString()
  response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'application/json' })
  response.end(hidesLogprobs() ? withoutLogprobs(text) : text)
  const count = Number(answer.headers['x-steady-error-count'] ?? Number.NaN)
  const complaints = Array.from({ length: count || 0 }, (_, index) =>
    ['code', 'path'].map((part) => String(answer.headers[`x-steady-error-${index + 1}-${part}`])).join(' '),
  )
  return { path: url, isValid: answer.headers['x-steady-request-valid'] === 'true' && count === 0, complaints }
}

function withoutLogprobs(text: string): string {
  return JSON.stringify(JSON.parse(text, (key, value: unknown) => (key === 'logprobs' ? null : value)))
}
