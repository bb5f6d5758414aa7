import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SCRIPT = fileURLToPath(new URL('load.lua', import.meta.url))
const run = promisify(execFile)

/** Where requests go: a URL, its headers, and the file that holds the body. */
export interface Target {
  readonly url: string
  readonly headers: readonly string[]
  readonly bodyFile: string
}

/** What one run measured, over all its requests. */
export interface LoadResult {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/**
 * Sends requests over `connections` kept-alive connections, each waiting for its answer, for some seconds, with wrk on
 * core 1. Refuses to report a run in which a request failed: a refusal is faster than an answer.
 */
export async function runLoad(target: Target, connections: number, seconds: number): Promise<LoadResult> {
  const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', SCRIPT, target.url]
  const { stdout } = await run('taskset', ['-c', '1', 'wrk', ...load, '--', target.bodyFile, ...target.headers])
  const result: { requests: number; seconds: number; failed: number; p50Ms: number; p99Ms: number } = JSON.parse(
    stdout.trim().split('\n').at(-1) ?? '',
  )
  if (result.requests === 0) throw new Error('no request was answered')
  if (result.failed > 0) {
    throw new Error(`${result.failed} of ${result.requests} requests failed`)
  }
  const { requests, p50Ms, p99Ms } = result
  return { requests, requestsPerSecond: requests / result.seconds, p50Ms, p99Ms }
}

/** Throws, saying how to get it, when the machine has no wrk. */
export async function requireWrk(): Promise<void> {
  await run('sh', ['-c', 'command -v wrk taskset']).catch(() => {
    throw new Error('this bench needs wrk and taskset: apt-get install wrk util-linux')
  })
}
