import { join } from 'node:path'
import type { Log } from '@breakwater/kernel'
import { checkDatabase } from '../platform/db/check-database.ts'
import type { Db } from '../platform/db/database.ts'
import { openDatabase } from '../platform/db/database.ts'
import { startEmbeddedPostgres } from '../platform/db/embedded.ts'
import { migrate } from '../platform/db/migrate.ts'
import type { Closers } from './closers.ts'

export interface Databases {
  /** As breakwater_app. */
  readonly db: Db
  /** As breakwater_sequencer, of few connections: one of them holds a session lock. */
  readonly sequencerDb: Db
  readonly isEmbedded: boolean
}

export interface DatabaseOptions {
  /** Without one, a PostgreSQL of our own is started in the home folder. */
  readonly url: string | undefined
  readonly home: string
  readonly log: Log
}

const SEQUENCER_CONNECTIONS = 3

/** Connects, migrates as the owner, and checks what the server relies on. Throws `config.invalid` and others. */
export async function openDatabases(options: DatabaseOptions, closers: Closers): Promise<Databases> {
  const { home, log } = options
  const isEmbedded = options.url === undefined
  const url = options.url ?? (await startOwn(home, closers))
  const owner = openDatabase({ url, log, maxConnections: 1 })
  try {
    await migrate(owner)
  } finally {
    await owner.destroy()
  }
  const db = openDatabase({ url, log, role: 'breakwater_app' })
  closers.add(async () => db.destroy())
  await checkDatabase(db)
  const sequencerDb = openDatabase({ url, log, role: 'breakwater_sequencer', maxConnections: SEQUENCER_CONNECTIONS })
  closers.add(async () => sequencerDb.destroy())
  return { db, sequencerDb, isEmbedded }
}

async function startOwn(home: string, closers: Closers): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(home, 'postgres') })
  closers.add(async () => postgres.stop())
  return postgres.url
}
