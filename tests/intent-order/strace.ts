import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { findProcessTree } from '../support/postgres.ts'
import { TRACED_CALLS } from './trace.ts'

const LONGEST_STRING = 4_096

/** Whether this machine has strace and lets it look at another process. */
export function canTrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Traces processes, and what they start, while `work` runs; gives what strace wrote to `file`. */
export async function traceWhile(pids: readonly number[], file: string, work: () => Promise<void>): Promise<string> {
  const all = (await Promise.all(pids.map(findProcessTree))).flat()
  const options = ['-f', '-ttt', '-yy', '-s', String(LONGEST_STRING), '-e', `trace=${TRACED_CALLS}`, '-o', file]
  const strace = spawn('strace', [...options, ...all.flatMap((pid) => ['-p', String(pid)])], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(strace, 'exit')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    strace.once('exit', () => reject(new Error('strace could not attach')))
    strace.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (all.every((pid) => said.includes(`Process ${pid} attached`))) resolve()
    })
  })
  await work()
  strace.kill('SIGINT')
  await exited
  return readFile(file, 'utf8')
}
