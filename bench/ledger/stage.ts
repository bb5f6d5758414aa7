import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalLogSigner } from '@breakwater/keys'
import {
  createLedgerSequencer,
  createLedgerService,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from '@breakwater/server'
import type { LedgerSequencer, LedgerService } from '@breakwater/server'
import { sql } from 'kysely'

/** The product's own ledger on a PostgreSQL that keeps its promises, in a folder that goes away afterwards. */
export interface Stage {
  readonly ledger: LedgerService
  readonly sequencer: LedgerSequencer
  readonly postgres: { readonly version: string; readonly fsync: string }
  stop(): Promise<void>
}

const clock = { now: (): Date => new Date() }
const log = (event: string): void => console.error(event)

export async function openStage(): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-ledger-'))
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), isDurable: true })
  const migrator = openDatabase({ url: postgres.url, log })
  await migrate(migrator)
  const { rows } = await sql<{ version: string; fsync: string }>`select
    current_setting('server_version') as version, current_setting('fsync') as fsync`.execute(migrator)
  await migrator.destroy()
  const db = openDatabase({ url: postgres.url, log, role: 'breakwater_app' })
  const sequencerDb = openDatabase({ url: postgres.url, log, role: 'breakwater_sequencer' })
  const signer = await createLocalLogSigner({ dir: join(dir, 'keys'), name: 'bench.example.org/log' })
  const sequencer = createLedgerSequencer({ db: sequencerDb, homeDir: dir, signer, clock, log })
  sequencer.start()
  const ledger = createLedgerService({ db, clock, log })
  await ledger.checkWritable()
  return {
    ledger,
    sequencer,
    postgres: rows[0] ?? { version: 'unknown', fsync: 'unknown' },
    async stop() {
      await sequencer.stop()
      await Promise.all([db.destroy(), sequencerDb.destroy()])
      await postgres.stop()
      await rm(dir, { recursive: true })
    },
  }
}
