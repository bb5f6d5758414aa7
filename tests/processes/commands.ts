import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Numbers of the account, when this is root. */
  readonly account?: Account
}

export interface Account {
  readonly uid: number
  readonly gid: number
  /** Further groups. */
  readonly groups?: readonly number[]
}

export const IS_ROOT = process.getuid?.() === 0

export function hasCommand(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
}

/** What it printed. Rejects with the program's name and what it said. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { env, account }: CommandOptions = {},
): Promise<string> {
  const [first = program, ...rest] = [...describeAccount(account), program, ...args]
  const options = { env: { ...process.env, ...env }, cwd: '/' }
  const { stdout } = await execute(first, rest, options).catch((error: unknown) => {
    const told = error instanceof Error && 'stderr' in error && 'stdout' in error ? [error.stderr, error.stdout] : []
    throw new Error(`${program} failed: ${told.join('')}`)
  })
  return stdout
}

/** What runs before a program so that it has this account and nothing more. Empty unless this is root. */
export function describeAccount(account: Account | undefined): readonly string[] {
  if (!account || !IS_ROOT) return []
  const { uid, gid, groups = [] } = account
  const further = groups.length === 0 ? ['--clear-groups'] : [`--groups=${groups.join(',')}`]
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, ...further, '--no-new-privs', '--bounding-set=-all']
}
