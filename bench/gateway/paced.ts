// Load at a steady rate over kept-alive connections, in a process of its own: node paced.ts [CA_FILE]
// Reads an order a line as JSON, follows it, answers with a line of JSON.
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Client } from 'undici'
import { keepPace } from './pace.ts'
import type { Pace } from './pace.ts'
import { FRESH, makeRemark } from './prompts.ts'
import { quantile } from './statistics.ts'
import type { LoadResult, Target } from './wrk.ts'

/** What one line asks for. */
export interface PacedOrder extends Pace {
  readonly target: Target
  readonly connections: number
}

export interface PacedResult extends LoadResult {
  readonly failed: number
}

const [, , caFile] = process.argv
const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8')
const toHeader = (line: string): readonly [string, string] => {
  const at = line.indexOf(': ')
  return [line.slice(0, at), line.slice(at + 2)]
}

async function follow({ target, connections, ...pace }: PacedOrder): Promise<PacedResult> {
  const { origin, pathname } = new URL(target.url)
  const template = await readFile(target.bodyFile, 'utf8')
  const headers = Object.fromEntries([['content-type', 'application/json'], ...target.headers.map(toHeader)])
  const connect = ca === undefined ? {} : { connect: { ca } }
  const all = Array.from({ length: connections }, () => new Client(origin, { ...connect, pipelining: 1 }))
  // Each in its turn, so that none grows cold; who finds none free waits for the first that is.
  const free: Client[] = []
  const waiting: ((client: Client) => void)[] = []
  const release = (client: Client): void => {
    const next = waiting.shift()
    if (next) next(client)
    else free.push(client)
  }
  const take = async (): Promise<Client> => free.shift() ?? new Promise((resolve) => waiting.push(resolve))
  const ask = async (client: Client): Promise<boolean> => {
    try {
      const body = template.replaceAll(FRESH, makeRemark)
      const answer = await client.request({ method: 'POST', path: pathname, headers, body })
      await answer.body.arrayBuffer()
      return answer.statusCode === 200
    } catch {
      return false
    }
  }
  let failed = 0
  const latenciesMs: number[] = []
  const opened = await Promise.all(all.map(ask))
  free.push(...all)
  const startedMs = performance.now()
  await keepPace(pace, async (dueMs) => {
    const client = await take()
    if (!(await ask(client))) failed += 1
    latenciesMs.push(performance.now() - dueMs)
    release(client)
  })
  const requests = latenciesMs.length
  const requestsPerSecond = (requests / (performance.now() - startedMs)) * 1_000
  await Promise.all(all.map(async (client) => client.destroy()))
  failed += opened.filter((isAnswered) => !isAnswered).length
  return { requests, requestsPerSecond, failed, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99) }
}

console.log('ready')
for await (const line of createInterface(process.stdin)) console.log(JSON.stringify(await follow(JSON.parse(line))))
