import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createClient } from './client.ts'
import type { HttpsClient } from './client.ts'

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))
const MANIFEST: { readonly scripts: { readonly start: string } } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)
/** Those of `npm start`, for Node. */
const FLAGS = MANIFEST.scripts.start.split(' ').filter((word) => word.startsWith('--'))
const READY_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 15_000

export interface StartOptions {
  /** Its state; made when missing, kept when it stops. */
  readonly home: string
  readonly port: number
  readonly env?: Readonly<Record<string, string>>
  /** What runs before `node`, e.g. `['taskset', '-c', '0']`. */
  readonly wrapper?: readonly string[]
}

/** The real server in a process of its own, as `npm start` runs it. */
export interface RunningServer {
  readonly origin: string
  readonly pid: number
  readonly client: HttpsClient
  /** Everything printed so far, standard error too. */
  output(): Buffer
  hasExited(): boolean
  /** SIGTERM, then what is left after 15 s is killed. */
  stop(): Promise<void>
  kill(): Promise<void>
}

/** Resolves when the server is ready to let something cross; rejects with its exit, never with its output. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { home, port, env = {}, wrapper = [] } = options
  const [program, ...args] = [...wrapper, process.execPath, ...FLAGS, MAIN]
  const child = spawn(program ?? process.execPath, args, {
    env: { ...process.env, BREAKWATER_HOME: home, BREAKWATER_PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => printed.push(chunk))
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const origin = `https://localhost:${port}`
  const client = await waitUntilReady(child, origin, join(home, 'ca.pem'))
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    client.close()
    child.kill(signal)
    await exited
  }
  return {
    origin,
    pid: child.pid ?? 0,
    client,
    output: () => Buffer.concat(printed),
    hasExited: () => hasExited(child),
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await end('SIGTERM')
      clearTimeout(timer)
    },
    kill: () => end('SIGKILL'),
  }
}

async function waitUntilReady(child: ChildProcess, origin: string, caFile: string): Promise<HttpsClient> {
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; await sleep(25)) {
    if (hasExited(child)) throw new Error(`the server ended before it was ready: exit ${child.exitCode}`)
    if (!existsSync(caFile)) continue
    const client = createClient(origin, await readFile(caFile, 'utf8'))
    const { status } = await client.send('/readyz', { method: 'GET', abortAfterMs: 2_000 })
    if (status === 200) return client
    client.close()
  }
  child.kill('SIGKILL')
  throw new Error('the server was not ready in time')
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (typeof address !== 'object' || address === null) throw new TypeError('expected a TCP address')
  return address.port
}
