import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import type { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { run } from '../run.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface CliOptions {
  readonly stdin?: string | Buffer
  readonly environment?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The real program as a process of its own, with nothing of this one's environment. */
export function startCli(
  args: readonly string[],
  { environment = {}, cwd }: CliOptions = {},
): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(process.execPath, ['--conditions=breakwater-source', MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', ...environment },
    ...(cwd !== undefined && { cwd }),
  })
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options)
  // A program that refuses before it reads closes the pipe.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.stdin ?? '')
  const code = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, stdout, stderr }
}

/** The same program in this process: faster, where only its answers matter. */
export async function runHere(
  args: readonly string[],
  { stdin = '', environment = {} }: Omit<CliOptions, 'cwd'> = {},
): Promise<CliResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const told = Promise.all([text(stdout), text(stderr)])
  const input = Readable.from([Buffer.from(stdin)])
  const code = await run(args, {
    stdin: input,
    stdout,
    stderr,
    environment,
    onKilled: () => () => undefined,
    untilStopped: async () => undefined,
  })
  stdout.end()
  stderr.end()
  const [out, err] = await told
  return { code, stdout: out, stderr: err }
}

/** A folder for one test. */
export async function inFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-cli-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
