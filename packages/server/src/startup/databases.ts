import { join } from 'node:path'
import type { Log } from '@breakwater/kernel'
import { APPEND } from '../features/ledger/index.ts'
import { checkDatabase } from '../platform/db/check-database.ts'
import type { DatabaseTls, Db } from '../platform/db/database.ts'
import { openDatabase, rethrowOutage } from '../platform/db/database.ts'
import { startEmbeddedPostgres } from '../platform/db/embedded.ts'
import type { Environment } from '../platform/db/installation.ts'
import { fixEnvironment, requireEnvironment } from '../platform/db/installation.ts'
import { migrate, requireMigrated } from '../platform/db/migrate.ts'
import type { Closers } from './closers.ts'

export interface Databases {
  /** As breakwater_app; of a sequencer that runs by itself, as breakwater_sequencer, which is all that it may be. */
  readonly db: Db
  /** The same for entries of the ledger alone, which crossings wait for behind no other work. */
  readonly appendDb: Db
  /** As breakwater_sequencer, of few connections: one of them holds a session lock. */
  readonly sequencerDb: Db
  readonly isEmbedded: boolean
}

export interface DatabaseOptions {
  /** Without one, a PostgreSQL of our own is started in the home folder. */
  readonly url: string | undefined
  readonly tls?: DatabaseTls
  readonly home: string
  readonly environment: Environment
  readonly log: Log
  /** It is the sequencer and nothing else. */
  readonly isSequencer?: boolean
}

const SEQUENCER_CONNECTIONS = 3
// One is at work at a time; another takes over from one that hangs.
const APPEND_CONNECTIONS = 3

/**
 * Connects and checks what the programs rely on. In development the database is migrated first; elsewhere the owner does
 * that by `breakwater migrate`, and a program finds it done or ends. Throws `config.invalid`, `migration.mismatch`,
 * `environment.mismatch` and others.
 */
export async function openDatabases(options: DatabaseOptions, closers: Closers): Promise<Databases> {
  const { home, environment, log, tls } = options
  const isEmbedded = options.url === undefined
  const url = options.url ?? (await startOwn(home, closers))
  if (environment === 'development') await migrateDatabase({ url, environment, log, ...(tls && { tls }) })
  const sequencerDb = openDatabase({
    url,
    ...(tls && { tls }),
    log,
    role: 'breakwater_sequencer',
    maxConnections: SEQUENCER_CONNECTIONS,
  })
  closers.add(async () => sequencerDb.destroy())
  const openForApp = (maxConnections?: number): Db => {
    if (options.isSequencer) return sequencerDb
    const opened = openDatabase({
      url,
      ...(tls && { tls }),
      log,
      role: 'breakwater_app',
      ...(maxConnections !== undefined && { maxConnections }),
      // Sent for every crossing twice; parsing it is a third of what a small batch costs.
      ...(isEmbedded && { prepared: { name: 'ledger_append', text: APPEND } }),
    })
    closers.add(async () => opened.destroy())
    return opened
  }
  const [db, appendDb] = [openForApp(), openForApp(APPEND_CONNECTIONS)]
  await checkDatabase(db).catch(rethrowOutage)
  await requireMigrated(db)
  await requireEnvironment(db, environment)
  return { db, appendDb, sequencerDb, isEmbedded }
}

export interface MigrationOptions {
  /** Of the database's owner. */
  readonly url: string
  readonly tls?: DatabaseTls
  readonly environment: Environment
  readonly log: Log
}

/** As the database's owner: applies what is missing, and fixes what the installation is for. */
export async function migrateDatabase({ environment, ...options }: MigrationOptions): Promise<void> {
  const owner = openDatabase({ ...options, maxConnections: 1 })
  try {
    await migrate(owner)
    await fixEnvironment(owner, environment)
  } finally {
    await owner.destroy()
  }
}

async function startOwn(home: string, closers: Closers): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(home, 'postgres') })
  closers.add(async () => postgres.stop())
  return postgres.url
}
