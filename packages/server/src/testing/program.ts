import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/** The server as people run it: a process on a home folder. */
export interface Program {
  readonly child: ChildProcess
  readonly port: number
  /** What it has written so far. */
  output(): string
  get(path: string, token?: string): Promise<{ readonly status: number; readonly body: string }>
  kill(signal: NodeJS.Signals): Promise<number | null>
}

export function spawnProgram(
  home: string,
  settings: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): ChildProcess {
  return spawn(process.execPath, ['--conditions=breakwater-source', MAIN, ...args], {
    env: { PATH: process.env['PATH'], BREAKWATER_HOME: home, BREAKWATER_PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Resolves when the ready screen is out; rejects with what was written when the process ends before. */
export async function startProgram(home: string, settings: Readonly<Record<string, string>> = {}): Promise<Program> {
  const child = spawnProgram(home, settings)
  let output = ''
  const ready = Promise.withResolvers<number>()
  const onText = (text: Buffer): void => {
    output += text.toString()
    const [, port] = /https:\/\/localhost:(\d+)\/v1[^]*Ctrl-C/.exec(output) ?? []
    if (port !== undefined) ready.resolve(Number(port))
  }
  child.stdout?.on('data', onText)
  child.stderr?.on('data', onText)
  child.once('exit', () => ready.reject(new Error(`the program ended: ${output}`)))
  const port = await ready.promise
  const ca = await readFile(join(home, 'ca.pem'))
  return {
    child,
    port,
    output: () => output,
    get: async (path, token) => get(port, ca, path, token),
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}

async function get(port: number, ca: Buffer, path: string, token?: string): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const sent = request({ host: '127.0.0.1', servername: 'localhost', port, path, ca, headers, agent: false })
  sent.on('error', reject)
  sent.on('response', (response) => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      body += text
    })
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    response.on('error', reject)
  })
  sent.end()
  return promise
}
