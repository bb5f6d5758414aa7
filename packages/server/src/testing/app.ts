import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock, LogFields } from '@breakwater/kernel'
import { createLocalKekProvider, createLocalKeyring } from '@breakwater/keys'
import type { KekProvider, LocalKekProvider, LocalKeyring } from '@breakwater/keys'
import type { App, AppDeps } from '../app.ts'
import { createApp, HOME_TENANT } from '../app.ts'
import type { RotatableKeyring } from '../features/keys/index.ts'
import type { Db } from '../platform/db/database.ts'
import { loadResidualScanner, loadTextEngine } from '../startup/engine.ts'
import { issueSeedToken, seedHome } from '../startup/seed.ts'

/** A clock that tests set. */
interface TestClock extends Clock {
  set(iso: string): void
}

export interface TestApp extends App {
  readonly clock: TestClock
  readonly keyring: RotatableKeyring
  readonly keyProviders: AppDeps['keyProviders']
  readonly tenant: string
  /** Of the seeded principals: `app` crosses, `admin` administers. */
  readonly tokens: { readonly app: string; readonly admin: string }
  /** Everything that was logged. */
  readonly logged: readonly { readonly event: string; readonly fields: LogFields }[]
  /** A request with a token, and JSON when there is a body. */
  call(token: string, method: string, path: string, body?: unknown): Promise<Response>
  /** Kinds and codes of the tenant's ledger, oldest first. */
  readLedger(): ReturnType<App['services']['ledger']['read']>
}

export interface TestAppOptions extends Partial<Omit<AppDeps, 'db' | 'clock' | 'log'>> {
  /** What the clock says until it is set. */
  readonly now?: string
}

// Read once: it keeps nothing between calls.
const engine = loadTextEngine()
const scanner = loadResidualScanner()
const policyEngines: NonNullable<AppDeps['policyEngines']> = new Map()
// Made once: what is wrapped under it lies in databases that last as long as a test.
const kek = makeKek()

/** The whole server on a real database, seeded as a first start does, without a port. */
export async function createTestApp(db: Db, { now, ...deps }: TestAppOptions = {}): Promise<TestApp> {
  let time = new Date(now ?? '2026-06-01T12:00:00.000Z')
  const clock = {
    now: () => new Date(time),
    set: (iso: string) => {
      time = new Date(iso)
    },
  }
  const logged: { event: string; fields: LogFields }[] = []
  const keyring = deps.keyring ?? (await makeKeyring())
  const keyProviders = deps.keyProviders ?? ([actAs(await kek, deps.environment)] as const)
  const app = createApp({
    acceptsFragileDatabase: true,
    policyEngines,
    ...deps,
    db,
    clock,
    keyring,
    keyProviders,
    engine: deps.engine ?? (await engine),
    scanner: await scanner,
    log: (event, fields = {}) => logged.push({ event, fields }),
  })
  await seedHome(app.services, clock)
  const tokens = {
    app: (await issueSeedToken(app.services, 'app')).token,
    admin: (await issueSeedToken(app.services, 'admin')).token,
  }
  return {
    ...app,
    clock,
    keyring,
    keyProviders,
    tenant: HOME_TENANT,
    tokens,
    logged,
    call: async (token, method, path, body) =>
      app.request(path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    readLedger: async () => app.services.ledger.read(HOME_TENANT, { after: -1, limit: 1_000 }),
  }
}

/** Its file is read at each call, so it stays until the process ends. */
async function makeKek(): Promise<LocalKekProvider> {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-kek-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  return createLocalKekProvider({ dir, environment: 'development' })
}

/** For tests of what another environment permits: a key in a file would be refused in production. */
function actAs(provider: KekProvider, environment: AppDeps['environment'] = 'development'): KekProvider {
  const isExtractable = environment !== 'production'
  return { ...provider, describe: () => ({ ...provider.describe(), environment, isExtractable }) }
}

/** Keys are held in memory once they are read, so nothing of them stays on disk. */
async function makeKeyring(): Promise<LocalKeyring> {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-keys-'))
  try {
    return await createLocalKeyring({ dir })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
