import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from '../../../tests/support/client.ts'
import type { Gateway } from '../gateway.ts'
import { peel } from './peel.ts'
import { readWhole } from '../read-whole.ts'
import type { Mock } from './steady.ts'

/** What came of one test's requests. */
export interface Observed {
  /** As pytest names it. */
  readonly test: string
  /** Each refusal of the gateway with its place, and what it came to in the end. */
  readonly steps: readonly string[]
  /** The status that the client was given; undefined: the test asked nothing. */
  readonly status: number | undefined
  readonly outcome: string
}

export interface Shim {
  readonly address: string
  take(): { readonly observed: readonly Observed[]; readonly forwarded: ReturnType<Mock['take']> }
  [Symbol.asyncDispose](): Promise<void>
}

const MAX_STEPS = 60

/**
 * Stands between a client that trusts no authority of ours and sends a key of its own, and the gateway: the key becomes
 * ours, nothing else changes. What the gateway refuses is asked again without what it refused, until something is sent
 * on or the refusal does not change; the client is told of the first refusal.
 */
export async function startShim(gateway: Gateway, mock: Mock): Promise<Shim> {
  let observed: Observed[] = []
  let forwarded: ReturnType<Mock['take']>[number][] = []
  let steps: string[] = []
  let status: number | undefined

  const ask = async (incoming: IncomingMessage, body: string): Promise<Answer> => {
    const { method = 'GET', url = '/', headers } = incoming
    const kept = ['content-type', 'accept'].flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value] as const] : []
    })
    const ours = { authorization: `Bearer ${gateway.token}`, 'breakwater-purpose': 'TREAT' }
    const answer = await gateway.client.send(url, { method, headers: { ...Object.fromEntries(kept), ...ours }, body })
    forwarded.push(...mock.take())
    return answer
  }

  const judge = async (incoming: IncomingMessage): Promise<Answer> => {
    const route = `${incoming.method} ${(incoming.url ?? '').split('?')[0]}`
    let body = (await readWhole(incoming)).toString()
    const first = await ask(incoming, body)
    let answer = first
    for (let step = 0; step < MAX_STEPS && answer.status >= 400; step++) {
      const { code, param, message } = readError(answer)
      if (code === 'provider.invalid-answer') {
        mock.hideLogprobs(true)
        const plain = await ask(incoming, body)
        mock.hideLogprobs(false)
        steps.push(`${route} ${code}${plain.status < 400 ? ' logprobs' : ''}`)
        if (plain.status >= 400) break
        answer = plain
        continue
      }
      steps.push(
        `${route} ${code}${param ? ` ${param}` : ''}${code === 'agreement.none-in-force' ? ` ${message}` : ''}`,
      )
      const less = peel(body, { code, param, message })
      if (less === undefined) break
      body = less
      answer = await ask(incoming, body)
    }
    if (answer.status < 400) steps.push(`${route} ${answer.status}${readStreamError(answer)}`)
    return readError(first).code === 'provider.invalid-answer' ? answer : first
  }

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '/' } = incoming
    if (url === '/judge/begin') {
      steps = []
      status = undefined
      response.end()
    } else if (url === '/judge/end') {
      const { test, outcome } = Object(JSON.parse((await readWhole(incoming)).toString()))
      observed.push({ test: String(test), steps, status, outcome: String(outcome) })
      response.end()
    } else {
      const { status: answered, headers, body } = await judge(incoming)
      status = answered
      const contentType = headers['content-type'] ?? 'application/json'
      // The client would ask again what was refused for good.
      response.writeHead(answered, { 'content-type': contentType, 'x-should-retry': 'false' }).end(body)
    }
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = { observed, forwarded }
      observed = []
      forwarded = []
      return taken
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** How a stream that had begun was ended, if not by its own end. */
function readStreamError({ headers, body }: Answer): string {
  if (!String(headers['content-type']).startsWith('text/event-stream')) return ''
  const code = /"error":\{.*"code":"([a-z.-]+)"/.exec(body.toString())?.[1]
  return code === undefined ? '' : ` then ${code}`
}

function readError({ status, body }: Answer): { code: string; param: string; message: string } {
  if (status < 400) return { code: '', param: '', message: '' }
  try {
    const { code, param, message } = Object(JSON.parse(body.toString())).error
    return { code: String(code), param: typeof param === 'string' ? param : '', message: String(message) }
  } catch {
    return { code: `status ${status}`, param: '', message: '' }
  }
}
