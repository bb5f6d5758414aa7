import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogSigner } from '@breakwater/kernel'
import { createLocalLogSigner } from '@breakwater/keys'
import { createFileReader, createNoteKey, formatVerifierKey, verifyLog } from '@breakwater/ledger'
import { fixedClock } from '@breakwater/testkit'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import type { Db } from '../../platform/db/database.ts'
import { test as base } from '../../testing/database.ts'
import { createLedgerSequencer, createLedgerService, findLogDir } from './index.ts'
import type { LedgerSequencer } from './index.ts'

interface Stage {
  readonly signer: LogSigner
  open(change?: Partial<LogSigner>): LedgerSequencer
  append(count: number): Promise<void>
  expectWhole(size: number): Promise<void>
}

const clock = fixedClock('2026-01-02T03:04:05.678Z')
const log = (): undefined => undefined
const unavailable = { code: 'ledger.unavailable' }

const test = base.extend<{ stage: Stage }>({
  stage: async ({ db, sequencerDb }, use) => {
    const homeDir = await mkdtemp(join(tmpdir(), 'ledger-'))
    const signer = await createLocalLogSigner({ dir: join(homeDir, 'keys'), name: 'example.org/log' })
    const vkey = formatVerifierKey(createNoteKey(signer.name, signer.publicKey))
    const ledger = createLedgerService({ db, clock, log })
    const opened: LedgerSequencer[] = []
    await use({
      signer,
      open(change = {}) {
        const options = {
          db: sequencerDb,
          homeDir,
          signer: { ...signer, ...change },
          clock,
          log,
          intervalMs: 10,
          retryMs: 10,
        }
        const sequencer = createLedgerSequencer(options)
        opened.push(sequencer)
        sequencer.start()
        return sequencer
      },
      async append(count) {
        await Promise.all(
          Array.from({ length: count }, async () => ledger.append({ tenant: 'acme', kind: 'preview.made' })),
        )
      },
      async expectWhole(size) {
        const verdict = await verifyLog({ reader: createFileReader(findLogDir(homeDir)), vkey })
        expect(verdict).toMatchObject({ ok: true, checkpoint: { size } })
      },
    })
    await Promise.all(opened.map(async (sequencer) => sequencer.stop()))
    await rm(homeDir, { recursive: true })
  },
})

async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: 5000, interval: 10 }).toBe(true)
}

/** Ends the connection that holds a lock, as a database that restarts does. */
async function cutLockHolder(migrator: Db): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
  `.execute(migrator)
}

describe('the sequencer of a server', () => {
  test('publishes what is committed, in the background and on request', async ({ stage }) => {
    const sequencer = stage.open()
    expect(await sequencer.integrateNow()).toBeUndefined()
    await stage.append(300)
    expect(await sequencer.integrateNow()).toMatchObject({ size: 300 })
    await stage.expectWhole(300)
    await stage.append(1)
    await waitUntil(() => sequencer.status().checkpoint?.size === 301)
    expect(sequencer.status()).toMatchObject({ isLeader: true, currentAt: clock.now() })
  })

  test('takes in what is committed before it stops, and nothing is asked of it after', async ({ stage }) => {
    const sequencer = stage.open()
    await stage.append(5)
    await sequencer.stop()
    await stage.expectWhole(5)
    await expect(sequencer.integrateNow()).rejects.toMatchObject(unavailable)
  })

  test('is the only one: another waits, and takes over when it stops', async ({ stage }) => {
    const first = stage.open()
    await first.integrateNow()
    const second = stage.open()
    await expect(second.integrateNow()).rejects.toMatchObject(unavailable)
    await stage.append(3)
    await first.stop()
    await waitUntil(() => second.status().checkpoint?.size === 3)
    await stage.append(3)
    expect(await second.integrateNow()).toMatchObject({ size: 6 })
    await stage.expectWhole(6)
  })

  test('is fenced off by a newer epoch, publishes nothing under the old one, and comes back', async ({
    stage,
    sequencerDb,
  }) => {
    const sequencer = stage.open()
    await stage.append(3)
    await sequencer.integrateNow()
    await sql`update ledger_epoch set epoch = epoch + 1`.execute(sequencerDb)
    await stage.append(3)
    // The background may have met the fence first: then it leads again, under an epoch of its own.
    await sequencer.integrateNow().catch((error: unknown) => expect(error).toMatchObject(unavailable))
    await waitUntil(() => sequencer.status().checkpoint?.size === 6)
    const { rows } = await sql`select size::int, epoch::int from ledger_checkpoints order by size`.execute(sequencerDb)
    expect(rows).toEqual([
      { size: 3, epoch: 1 },
      { size: 6, epoch: 3 },
    ])
    await stage.expectWhole(6)
  })

  test('goes on after its connection was cut', async ({ stage, migrator }) => {
    const sequencer = stage.open()
    await stage.append(10)
    await sequencer.integrateNow()
    await cutLockHolder(migrator)
    await stage.append(10)
    await waitUntil(() => sequencer.status().checkpoint?.size === 20)
    await stage.expectWhole(20)
  })

  test('goes on after it failed between the row of the root and the signature', async ({ stage, sequencerDb }) => {
    let failures = 0
    const sign = async (message: Uint8Array): Promise<Uint8Array> => {
      if (failures === 2) return stage.signer.sign(message)
      failures += 1
      throw new Error('the signer is gone')
    }
    const sequencer = stage.open({ sign })
    await stage.append(10)
    await waitUntil(() => sequencer.status().checkpoint?.size === 10)
    await stage.expectWhole(10)
    const { rows } = await sql<{ size: number }>`select size::int from ledger_checkpoints
      where size = 10`.execute(sequencerDb)
    expect([failures, rows.length]).toEqual([2, 1])
  })

  test('refuses to go on when a row was edited', async ({ stage, migrator }) => {
    await stage.append(10)
    const first = stage.open()
    await first.integrateNow()
    await first.stop()
    await migrator.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx)
      await sql`update ledger_entries set entry = (select entry from ledger_entries where idx = 8) where idx = 9`.execute(
        trx,
      )
    })
    await expect(stage.open().integrateNow()).rejects.toMatchObject({ code: 'ledger.inconsistent' })
  })
})
