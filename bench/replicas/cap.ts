import { existsSync } from 'node:fs'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Holds processes to a share of one core. */
export interface Cap {
  /** By what, for the report. */
  readonly by: string
  release(): Promise<void>
}

// Short, so that a gateway that has used its share waits for milliseconds, not for tenths of a second.
const PERIOD_US = 20_000
const CGROUPS = '/sys/fs/cgroup'
/** What of a period a duty cycle leaves a process: longer than a cgroup's, since signals cost. */
const DUTY_PERIOD_MS = 50

/**
 * Caps one process and its threads: by cgroup v2 (cpu.max), else v1 (cpu.cfs_quota_us), else by stopping and continuing it.
 * The last is coarser: it stops a process in the middle of whatever it does, and counts time in which it had nothing to do.
 */
export async function capProcess(pid: number, share: number): Promise<Cap> {
  const name = `breakwater-bench-${pid}`
  const quota = Math.round(PERIOD_US * share)
  const kinds = [
    {
      by: 'cgroup v2',
      root: CGROUPS,
      isThere: 'cgroup.subtree_control',
      files: { 'cpu.max': `${quota} ${PERIOD_US}` },
    },
    {
      by: 'cgroup v1',
      root: join(CGROUPS, 'cpu'),
      isThere: 'cpu.cfs_quota_us',
      files: { 'cpu.cfs_period_us': String(PERIOD_US), 'cpu.cfs_quota_us': String(quota) },
    },
  ]
  for (const { by, root, isThere, files } of kinds) {
    if (!existsSync(join(root, isThere))) continue
    const group = join(root, name)
    try {
      await mkdir(group)
      for (const [file, text] of Object.entries(files)) await writeFile(join(group, file), text)
      await writeFile(join(group, 'cgroup.procs'), String(pid))
      return { by, release: () => leave(root, group) }
    } catch {
      // This account may not, or the controller is not handed down.
      await rmdir(group).catch(() => undefined)
    }
  }
  return startDutyCycle(pid, share)
}

/** Whoever is left goes back to the root, so that the group can be removed. */
async function leave(root: string, group: string): Promise<void> {
  const members = (await readFile(join(group, 'cgroup.procs'), 'utf8')).split('\n').filter((line) => line !== '')
  for (const pid of members) await writeFile(join(root, 'cgroup.procs'), pid).catch(() => undefined)
  await rmdir(group).catch(() => undefined)
}

function startDutyCycle(pid: number, share: number): Cap {
  let isReleased = false
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(pid, signal)
    } catch {
      isReleased = true
    }
  }
  const cycle = async (): Promise<void> => {
    while (!isReleased) {
      await sleep(DUTY_PERIOD_MS * share)
      send('SIGSTOP')
      await sleep(DUTY_PERIOD_MS * (1 - share))
      send('SIGCONT')
    }
  }
  const ended = cycle()
  return {
    by: 'SIGSTOP and SIGCONT',
    async release() {
      isReleased = true
      await ended
    },
  }
}
