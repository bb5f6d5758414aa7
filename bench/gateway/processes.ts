import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { findProcessTree } from '../../tests/support/postgres.ts'

/** A contestant's process on one core; `stop` also ends what it started. */
export interface PinnedProcess {
  readonly pid: number
  /** The next line that it prints. Rejects when it has ended. */
  nextLine(): Promise<string>
  /** One line to its standard input. */
  write(line: string): void
  stop(): Promise<void>
}

/** The gateway and its PostgreSQL, or a peer. */
export const GATEWAY_CORE = 0
/** The load and the model server. */
export const LOAD_CORE = 1

export function pin(core: number): readonly string[] {
  return ['taskset', '-c', String(core)]
}

/** Starts a Node program on one core. Its standard error is dropped. */
export function startPinned(core: number, program: string, args: readonly string[] = []): PinnedProcess {
  return startPinnedProgram(core, process.execPath, ['--conditions=breakwater-source', program, ...args])
}

/** Starts any program on one core, with these variables beside ours. Its standard error is dropped. */
export function startPinnedProgram(
  core: number,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): PinnedProcess {
  const [taskset = '', ...rest] = pin(core)
  const child = spawn(taskset, [...rest, program, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  })
  const exited = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    pid: child.pid ?? 0,
    async nextLine() {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${program} ${args.join(' ')} has ended`)
      return value
    },
    write: (line) => child.stdin.write(`${line}\n`),
    async stop() {
      child.kill()
      await exited
    },
  }
}

// The unit of the times in /proc: 10 ms on most machines.
const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK']))
// Fields 14 to 17 of /proc/PID/stat, counted from the one after the name in brackets: user and system time of the
// process, and of its children that have ended.
const [FIRST_TIME, PAST_TIMES] = [11, 15]

/** Processor time, user and system, that these processes and all below them have used so far, in milliseconds. */
export async function readCpuMs(pids: readonly number[]): Promise<number> {
  const trees = await Promise.all(pids.map(findProcessTree))
  const times = [...new Set(trees.flat())].map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields.slice(FIRST_TIME, PAST_TIMES).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS
  })
  return (await Promise.all(times)).reduce((sum, one) => sum + one, 0)
}

const IDLE_WINDOW_MS = 300
const IDLE_SHARE = 0.1
const LONGEST_WAIT_MS = 60_000

/**
 * Resolves once these processes and all below them have used a tenth of a core or less for a third of a second: what a load
 * left behind (entries to sign and publish) is done. Throws after a minute.
 */
export async function waitUntilIdle(pids: readonly number[]): Promise<void> {
  const deadlineMs = performance.now() + LONGEST_WAIT_MS
  let before = await readCpuMs(pids)
  while (performance.now() < deadlineMs) {
    await setTimeout(IDLE_WINDOW_MS)
    const after = await readCpuMs(pids)
    if (after - before <= IDLE_SHARE * IDLE_WINDOW_MS) return
    before = after
  }
  throw new Error('a contestant was still at work a minute after its load')
}

/** Resident memory of a process and all below it, in MB. Pages that processes share are counted for each. */
export async function residentMegabytes(pid: number): Promise<number> {
  return sumKilobytes(await findProcessTree(pid), 'status', /VmRSS:\s+(\d+)/)
}

/** Resident memory of one process, in MB. */
export async function ownMegabytes(pid: number): Promise<number> {
  return sumKilobytes([pid], 'status', /VmRSS:\s+(\d+)/)
}

/** The same of a process and all below it; a page that several of all processes share is counted for its part in each (PSS). */
export async function proportionalMegabytes(pid: number): Promise<number> {
  return sumKilobytes(await findProcessTree(pid), 'smaps_rollup', /^Pss:\s+(\d+)/m)
}

/** A process that has ended meanwhile has none. */
async function sumKilobytes(pids: readonly number[], file: string, figure: RegExp): Promise<number> {
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')))
  return texts.reduce((sum, text) => sum + Number(figure.exec(text)?.[1] ?? 0), 0) / 1024
}
