import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, FileAccess, Log } from '@breakwater/kernel'
import { createKekProvider, createLocalKekProvider, openReleaseRules } from '@breakwater/keys'
import { HOME_TENANT } from '../app.ts'
import type { Config } from '../config.ts'
import { readConfig } from '../config.ts'
import type { Finding } from '../features/doctor/index.ts'
import { createDoctorStore, examine } from '../features/doctor/index.ts'
import { listTenants } from '../features/ledger/index.ts'
import { hashPolicySet, readPolicyFolder } from '../features/policy/index.ts'
import type { DatabaseTls } from '../platform/db/database.ts'
import { openDatabase } from '../platform/db/database.ts'
import { requireMigrated } from '../platform/db/migrate.ts'
import { readKeysFile } from './keys.ts'
import { readDatabaseTls } from './setting-file.ts'
import { findOwnDatabase } from './own-database.ts'

const SECRET_SETTINGS = [
  'BREAKWATER_DATABASE_KEY_FILE',
  'BREAKWATER_KEYS_FILE',
  'BREAKWATER_TLS_KEY_FILE',
] as const satisfies readonly (keyof Config)[]
const log: Log = () => undefined
const clock: Clock = { now: () => new Date() }

/**
 * Looks at a running installation with the settings of one of its programs, changing nothing. Throws `config.invalid` when
 * the settings themselves are wrong; whatever else is wrong is a finding.
 */
export async function runDoctor(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const config = readConfig(environment)
  const home = config.BREAKWATER_HOME
  const tls = await readDatabaseTls(config)
  const url = config.BREAKWATER_DATABASE_URL ?? (await findOwnDatabase(home))
  const db = openDatabase({ url, ...(tls && { tls }), log, role: 'breakwater_app', maxConnections: 1 })
  try {
    return await examine({
      environment: config.BREAKWATER_ENVIRONMENT,
      tenant: HOME_TENANT,
      tenants: await listAll(url, tls),
      clock,
      store: createDoctorStore(db),
      hasDatabaseTls: tls !== undefined,
      requireMigrated: async () => requireMigrated(db),
      keys: { isService: config.BREAKWATER_KEYS_FILE !== undefined, open: async () => openProviders(config) },
      openReleaseRules: async () => openRules(config),
      readCertificate: async () =>
        readFile(config.BREAKWATER_TLS_CERT_FILE ?? join(home, 'server.pem'), 'utf8').catch(() => undefined),
      listSecretFiles: async () => listSecretFiles(config),
      readShippedPolicyHash: async () => hashPolicySet(await readPolicyFolder()),
      deadlineSeconds: config.BREAKWATER_DEADLINE_SECONDS,
    })
  } finally {
    await db.destroy()
  }
}

/** As the one role that reads every tenant's entries; undefined for a login that may not be it, as a gateway's. */
async function listAll(url: string, tls: DatabaseTls | undefined): Promise<readonly string[] | undefined> {
  const db = openDatabase({ url, ...(tls && { tls }), log, role: 'breakwater_sequencer', maxConnections: 1 })
  try {
    return await listTenants(db)
  } catch {
    return undefined
  } finally {
    await db.destroy()
  }
}

async function openProviders({ BREAKWATER_KEYS_FILE: path, BREAKWATER_HOME: home, ...config }: Config) {
  const environment = config.BREAKWATER_ENVIRONMENT
  if (path === undefined) return [await createLocalKekProvider({ dir: join(home, 'keys'), environment })]
  const { settings } = await readKeysFile(path)
  return Promise.all(settings.map(async (each) => createKekProvider(each, environment)))
}

async function openRules({ BREAKWATER_KEYS_FILE: path }: Config) {
  return path === undefined ? [] : openReleaseRules((await readKeysFile(path)).releases, clock)
}

/** What settings name, and everything in the home but the published log and the database's own folder. */
async function listSecretFiles(config: Config): Promise<readonly (FileAccess & { readonly name: string })[]> {
  const home = config.BREAKWATER_HOME
  const named = SECRET_SETTINGS.flatMap((setting) => config[setting] ?? [])
  const folders = ['.', 'keys', 'secrets', config.BREAKWATER_SECRETS_DIR ?? 'secrets']
  const inside: string[] = []
  for (const folder of new Set(folders)) {
    const place = folder.startsWith('/') ? folder : join(home, folder)
    for (const name of await readdir(place).catch(() => [])) inside.push(join(place, name))
  }
  const modes = [...new Set([...named, ...inside])].map(async (name) => {
    const found = await lstat(name).catch(() => undefined)
    return found?.isFile() ? [{ name, mode: found.mode, uid: found.uid, gid: found.gid }] : []
  })
  return (await Promise.all(modes)).flat()
}
