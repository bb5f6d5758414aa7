import { createSecretKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Log, Mac } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import {
  createKekProvider,
  createLocalKekProvider,
  createLocalKeyring,
  createMac,
  createWrappedKeyring,
  openReleaseRules,
  parseKekSettings,
  parseReleaseSettings,
  readSecretFile,
} from '@breakwater/keys'
import type { KekProvider, ReleaseSettings } from '@breakwater/keys'
import { z } from 'zod'
import type { AppDeps } from '../app.ts'
import { createKeyringStore } from '../features/keys/index.ts'
import type { Closers } from './closers.ts'
import type { Databases } from './databases.ts'
import type { Process } from './process.ts'
import { startSweeper } from './sweeper.ts'

type Keys = Pick<AppDeps, 'keyring' | 'keyProviders' | 'recordMac' | 'releaseRules'>

// A replica takes up a rotated secret within this: what one of them made, the others must soon be able to open.
const REFRESH_MS = 1_000
const MAC_BYTES = 32

const fileSchema = z.strictObject({
  /** The first wraps; the others open what they once wrapped. Each as docs/keys.md describes it. */
  providers: z.array(z.unknown()).min(1).max(10),
  /** 32 bytes in base64, mode 0600: required with a provider that cannot tell who wrapped. */
  recordMacFile: z.string().min(1).optional(),
  /** Classes whose keys are released to attested machines only. */
  releases: z.array(z.unknown()).max(20).default([]),
})

/**
 * The keyring and the providers of key-encryption keys. In development both are files of the home folder, unless
 * `BREAKWATER_KEYS_FILE` names a key service; elsewhere the keyring lies in the database, wrapped, and every replica that
 * may use the key service's key has the same. Throws `keys.*`, `config.invalid`.
 */
export async function openKeys(own: Process, databases: Databases, closers: Closers): Promise<Keys> {
  const { config, home, record, log, clock } = own
  const path = config.BREAKWATER_KEYS_FILE
  if (path === undefined) {
    const dir = join(home, 'keys')
    const local = await createLocalKekProvider({ dir, environment: record.environment })
    closers.add(async () => local.close())
    return { keyring: await createLocalKeyring({ dir }), keyProviders: [local] }
  }
  const { settings, recordMacFile, releases } = await readKeysFile(path)
  const recordMac = recordMacFile === undefined ? undefined : await readMac(recordMacFile)
  const releaseRules = await openReleaseRules(releases, clock)
  const providers: KekProvider[] = []
  closers.add(async () => Promise.all(providers.map(async (provider) => provider.close())))
  for (const each of settings) providers.push(await createKekProvider(each, record.environment))
  const [first, ...others] = providers
  if (!first) throw invalid('names no provider')
  const store = createKeyringStore(databases.db)
  const keyProviders = [first, ...others] as const
  const shared = { environment: record.environment, providers: keyProviders, ...(recordMac && { recordMac }) }
  const keyring = await createWrappedKeyring({ ...shared, store })
  refreshInBackground(async () => keyring.refresh(), log, closers)
  return { keyring, keyProviders, releaseRules, ...(recordMac && { recordMac }) }
}

function refreshInBackground(refresh: () => Promise<void>, log: Log, closers: Closers): void {
  const sweeper = startSweeper([refresh], log, REFRESH_MS)
  closers.add(async () => sweeper.stop())
}

/** What the settings of key services say, files resolved. Throws `config.invalid`. */
export async function readKeysFile(path: string): Promise<{
  readonly settings: readonly ReturnType<typeof parseKekSettings>[]
  readonly recordMacFile: string | undefined
  readonly releases: readonly ReleaseSettings[]
}> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw invalid('the file cannot be read', cause)
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Without its cause, which quotes the file.
    throw invalid('the file is not JSON')
  }
  const parsed = fileSchema.safeParse(json)
  if (!parsed.success) throw invalid('providers, recordMacFile and releases are its fields')
  const { providers, recordMacFile, releases } = parsed.data
  const place = dirname(path)
  return {
    settings: providers.map((each) => parseKekSettings(resolveFiles(each, place))),
    recordMacFile: recordMacFile === undefined ? undefined : resolve(place, recordMacFile),
    releases: parseReleaseSettings(releases.map((each) => resolveFiles(each, place))),
  }
}

/** Files that are named without a folder lie beside the settings: what a service manager hands on has no fixed place. */
function resolveFiles(settings: unknown, place: string): unknown {
  if (typeof settings !== 'object' || settings === null) return settings
  const entries = Object.entries(settings).map(([name, value]: [string, unknown]) => [
    name,
    name.endsWith('File') && typeof value === 'string' ? resolve(place, value) : value,
  ])
  return Object.fromEntries(entries)
}

async function readMac(path: string): Promise<Mac> {
  const bytes = Buffer.from((await readSecretFile(path)) ?? '', 'base64')
  if (bytes.length !== MAC_BYTES) throw invalid('recordMacFile: 32 bytes in base64')
  return createMac(createSecretKey(bytes))
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('config.invalid', { message: `BREAKWATER_KEYS_FILE: ${message}`, cause })
}
