import { spawn } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The embedded PostgreSQL of a home folder: its first process, and how to reach it. */
export interface EmbeddedCluster {
  readonly pid: number
  readonly url: string
}

/** Reads postmaster.pid: line 1 is the process, line 5 the folder of its socket. */
export async function findCluster(home: string): Promise<EmbeddedCluster> {
  const lines = (await readFile(join(home, 'postgres', 'cluster', 'postmaster.pid'), 'utf8')).split('\n')
  const [pid, , , , socketFolder] = lines
  if (!pid || !socketFolder) throw new Error('postmaster.pid is not complete')
  return { pid: Number(pid), url: `postgresql:///postgres?host=${encodeURIComponent(socketFolder)}&user=breakwater` }
}

/** A process and everything below it. */
export async function findProcessTree(pid: number): Promise<readonly number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    // The second field is the program's name in brackets, which may hold spaces.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (parent) parents.set(Number(name), Number(parent))
  }
  const tree = [pid]
  for (const member of tree) for (const [child, parent] of parents) if (parent === member) tree.push(child)
  return tree
}

/** SIGKILL to the first process and to all its backends, as when the machine's memory runs out. */
export async function killCluster({ pid }: EmbeddedCluster): Promise<void> {
  for (const member of await findProcessTree(pid)) killIfAlive(member)
}

/** Starts a cluster that was killed once more, as it was started the first time, under the account that owns it. */
export async function restartCluster(home: string): Promise<void> {
  const folder = join(home, 'postgres', 'cluster')
  const { uid, gid } = await stat(folder)
  const line = await readOptions(join(folder, 'postmaster.opts'))
  const program = line.slice(0, line.indexOf(' '))
  const options = Array.from(line.matchAll(/"([^"]*)"/g), ([, option]) => option ?? '')
  const account = process.getuid?.() === 0 ? { uid, gid } : {}
  spawn(program, options, { ...account, cwd: folder, detached: true, stdio: 'ignore' }).unref()
}

/** How it was started: one line, which is gone for a moment while whoever keeps it writes it anew. */
async function readOptions(path: string): Promise<string> {
  for (;;) {
    const text = await readFile(path, 'utf8')
    if (text.endsWith('\n')) return text
    await sleep(10)
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
