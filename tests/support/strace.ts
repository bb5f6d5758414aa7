import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { findProcessTree } from './postgres.ts'

export interface TraceOptions {
  /** As strace's `-e trace=` takes them. */
  readonly calls: string
  /** Bytes shown of each string. */
  readonly longest: number
  /** Strings in hexadecimal, so that every byte can be had back. */
  readonly isHex?: boolean
}

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
export async function traceWhile(
  pids: readonly number[],
  file: string,
  { calls, longest, isHex = false }: TraceOptions,
  work: () => Promise<void>,
): Promise<string> {
  const all = (await Promise.all(pids.map(findProcessTree))).flat()
  const shape = ['-f', '-ttt', '-yy', ...(isHex ? ['-xx'] : []), '-s', String(longest)]
  const options = [...shape, '-e', `trace=${calls}`, '-o', file]
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
