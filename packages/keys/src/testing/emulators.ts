import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER_VARIABLE = 'KEY_EMULATORS'
const START_MS = 30_000

/**
 * The program of an emulator that `scripts/key-emulators.sh` installed. Undefined on a machine without it: its tests skip
 * and say so. In CI that throws.
 */
export function findEmulator(program: 'bao' | 'moto_server'): string | undefined {
  const folder = process.env[FOLDER_VARIABLE]
  const path = folder === undefined ? undefined : join(folder, 'venv', 'bin', program)
  if (path !== undefined && existsSync(path)) return path
  if (process.env['CI']) throw new Error(`${program} is missing: run scripts/key-emulators.sh, name ${FOLDER_VARIABLE}`)
  return undefined
}

/** Why the tests of an emulator did not run. */
export const NO_EMULATOR = 'skipped: run scripts/key-emulators.sh and set KEY_EMULATORS'

export interface Emulator {
  /** What the pattern's first group found in its output. */
  readonly found: string
  stop(): Promise<void>
}

/** Starts a program and waits until its output holds the pattern. */
export async function startEmulator(
  command: readonly [string, ...string[]],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Emulator> {
  const [program, ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], ...env } })
  try {
    const found = await waitFor(child, ready)
    return { found, stop: async () => stop(child) }
  } catch (error) {
    await stop(child)
    throw error
  }
}

async function waitFor(child: ChildProcess, ready: RegExp): Promise<string> {
  let output = ''
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the emulator did not start in time')), START_MS)
    const read = (chunk: Buffer): void => {
      // After the start it still reads, so that the pipe never fills.
      if (output.length < 1_000_000) output += chunk.toString('utf8')
      const match = ready.exec(output)
      if (!match) return
      clearTimeout(timer)
      resolve(match[1] ?? '')
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    child.once('exit', () => {
      clearTimeout(timer)
      reject(new Error('the emulator ended as it started'))
    })
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  child.kill('SIGKILL')
  await ended
}
