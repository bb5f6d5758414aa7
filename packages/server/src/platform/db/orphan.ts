import { readFile, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const WAIT_MS = 30_000
const POLL_MS = 20

/**
 * Stops the server that still runs on a cluster: its keeper was killed, or is about to stop it. A process is taken for it
 * only when it works in that folder, because after a crash its number may be somebody else's.
 */
export async function stopOrphan(cluster: string): Promise<void> {
  const deadline = performance.now() + WAIT_MS
  for (let isAsked = false; performance.now() < deadline; await delay(POLL_MS)) {
    const pid = await findServer(cluster)
    if (pid === undefined) return
    if (!isAsked) process.kill(pid, 'SIGINT')
    isAsked = true
  }
  throw new Error('another PostgreSQL runs on this folder and does not stop')
}

async function findServer(cluster: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0])
    if (!Number.isSafeInteger(pid) || pid <= 1) return undefined
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(cluster)) ? pid : undefined
  } catch {
    // No such file, no such process, or no /proc: PostgreSQL's own lock on the folder decides then.
    return undefined
  }
}
