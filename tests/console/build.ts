import { execFile } from 'node:child_process'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DIST = join(ROOT, 'packages', 'console', 'dist')
const TURN = /^[.]built-/
const HOUR_MS = 3_600_000

/**
 * Builds the console from what is there now, once in a run of the tests: a suite that looks at an old build proves nothing,
 * and two that build at the same time take it from each other.
 */
export async function buildConsole(): Promise<void> {
  await mkdir(DIST, { recursive: true })
  await forgetOldTurns()
  const turn = join(DIST, `.built-${process.pid}`)
  const isFirst = await mkdir(turn).then(
    () => true,
    () => false,
  )
  if (isFirst) {
    await build()
    await writeFile(join(turn, 'done'), '')
    return
  }
  while (!(await exists(join(turn, 'done')))) await sleep(200)
}

async function build(): Promise<void> {
  await promisify(execFile)('npx', ['vite', 'build', '--logLevel', 'error', 'packages/console'], {
    cwd: ROOT,
    // As it is shipped: the test runner's own environment would give React's development build.
    env: { ...process.env, NODE_ENV: 'production' },
  })
}

/** Of runs that ended: a later process may have the same number. */
async function forgetOldTurns(): Promise<void> {
  for (const name of (await readdir(DIST)).filter((each) => TURN.test(each))) {
    const { mtimeMs } = await stat(join(DIST, name)).catch(() => ({ mtimeMs: Date.now() }))
    const isOwn = name === `.built-${process.pid}`
    const isOld = mtimeMs < Date.now() - (isOwn ? process.uptime() * 1_000 + 1_000 : HOUR_MS)
    if (isOld) await rm(join(DIST, name), { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
