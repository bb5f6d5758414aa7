import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Builds the console from what is there now: a suite that looks at an old build proves nothing. */
export async function buildConsole(): Promise<void> {
  await promisify(execFile)('npx', ['vite', 'build', '--logLevel', 'error', 'packages/console'], {
    cwd: ROOT,
    // As it is shipped: the test runner's own environment would give React's development build.
    env: { ...process.env, NODE_ENV: 'production' },
  })
}
