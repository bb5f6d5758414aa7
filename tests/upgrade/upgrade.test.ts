import { readdirSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileReader, verifyLog } from '@breakwater/ledger/verify'
import type { LedgerEntry } from '@breakwater/ledger/verify'
import { describe, expect, test } from 'vitest'
import { makeScratchHome } from '../support/home.ts'
import { findFreePort, startServer } from '../support/server.ts'
import { unpackHome } from './unpack.ts'

const HOMES = new URL('homes/', import.meta.url)

/** Every version that landed leaves a home here: `NNNN-what.tar.br`, NNNN the last migration it knew. */
const archives = readdirSync(HOMES).filter((name) => name.endsWith('.tar.br'))

async function readLog(home: string, previous: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  const verdict = await verifyLog({
    reader: createFileReader(join(home, 'log')),
    vkey: (await readFile(join(home, 'log.vkey'), 'utf8')).trim(),
    previousCheckpoint: await readFile(previous),
    onEntry: (_index, entry) => entries.push(entry),
  })
  expect(verdict).toMatchObject({ ok: true })
  return entries
}

describe.for(archives)('a home of an earlier version, %s', { timeout: 60_000 }, (archive) => {
  test('starts, is migrated, and its log still begins with what the old version signed', async () => {
    const scratch = await makeScratchHome()
    try {
      await unpackHome(new URL(archive, HOMES), scratch.home)
      const signed = join(scratch.temporary, 'checkpoint')
      await copyFile(join(scratch.home, 'log/checkpoint'), signed)
      const before = await readLog(scratch.home, signed)
      expect(before.length).toBeGreaterThan(5)

      const port = await findFreePort()
      for (const start of [1, 2]) {
        const server = await startServer({ home: scratch.home, port, env: { TMPDIR: scratch.temporary } })
        // The administrator's token of the old home is good until November 2027; from then on it is refused.
        const token = (await readFile(join(scratch.home, 'admin.token'), 'utf8')).trim()
        const { status } = await server.client.send('/api/v1/whoami', {
          method: 'GET',
          headers: { authorization: `Bearer ${token}` },
        })
        expect([200, 401], `start ${start}`).toContain(status)
        await server.stop()
      }
      const after = await readLog(scratch.home, signed)
      expect(after.slice(0, before.length)).toEqual(before)
    } finally {
      await scratch.remove()
    }
  })
})

test('at least the first version is kept', () => {
  expect(archives).toContain('0001-foundation.tar.br')
})
