import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Account } from './commands.ts'
import { describeAccount } from './commands.ts'

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))
const STOP_TIMEOUT_MS = 15_000
const READY_TIMEOUT_MS = 60_000

/** One program of ours under an account of its own. */
export interface Program {
  readonly pid: number
  output(): string
  signal(name: NodeJS.Signals): void
  /** SIGTERM; what is left after 15 s is killed. Gives the exit code. */
  stop(): Promise<number | null>
}

export interface ProgramOptions {
  readonly settings: Readonly<Record<string, string>>
  readonly account?: Account
}

interface Started extends Program {
  /** Its exit code when it ended before it was ready. */
  readonly ready: Promise<number | null | undefined>
}

/** Rejects with what it printed when it ends before it is ready. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const program = launch(options)
  const code = await program.ready
  if (code === undefined) return program
  throw new Error(`ended with ${code}: ${program.output()}`)
}

/** For a program that must refuse to start: what it said. Rejects when it starts. */
export async function expectRefusal(options: ProgramOptions): Promise<string> {
  const program = launch(options)
  const code = await program.ready
  if (code !== undefined) return program.output()
  await program.stop()
  throw new Error('the program started')
}

function launch({ settings, account }: ProgramOptions): Started {
  const [first, ...args] = [...describeAccount(account), process.execPath, '--conditions=breakwater-source', MAIN]
  // Of this process only what finds programs: a setting of the machine must not decide the outcome.
  const { PATH = '' } = process.env
  const child = spawn(first, args, { env: { PATH, ...settings }, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const seen = new Promise<undefined>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
        if (/^Breakwater .* ready/m.test(printed)) resolve(undefined)
      })
    }
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS)
  const ready = Promise.race([seen, exited]).finally(() => clearTimeout(timer))
  return {
    pid: child.pid ?? 0,
    ready,
    output: () => printed,
    signal: (name) => child.kill(name),
    async stop() {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      child.kill('SIGTERM')
      const code = await exited
      clearTimeout(late)
      return code
    },
  }
}
