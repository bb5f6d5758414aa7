import { readdirSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileReader, verifyLog } from '@breakwater/ledger/verify'
import type { LedgerEntry } from '@breakwater/ledger/verify'
import type { AgreementRecord } from '@breakwater/contract'
import { describe, expect, test } from 'vitest'
import type { HttpsClient } from '../support/client.ts'
import { makeScratchHome } from '../support/home.ts'
import { readAdminToken } from '../support/register.ts'
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

/**
 * The version before agreements had features: three crossings of the built-in model by `app`, four by `tester`, whose token
 * lies in the home; a row `ward` with an agreement of the organisation's own; a row `cloud` with two versions of an agreement
 * and one that was terminated; a basis, a drafted policy set, a proposed exception, refusals.
 */
const CROSSINGS = '0040-crossings.tar.br'
/** Keys of its services end after ninety days, and the administrator's after a year: from then on nobody can ask it anything. */
const KEY_ENDS = Date.parse('2027-02-20T13:50:00Z')
const ADMINISTRATION_ENDS = Date.parse('2027-11-22T13:45:00Z')

test.skipIf(Date.now() > ADMINISTRATION_ENDS)(
  'agreements of an earlier version cover what they covered and no more, and its caller crosses again',
  { timeout: 60_000 },
  async () => {
    const scratch = await makeScratchHome()
    try {
      await unpackHome(new URL(CROSSINGS, HOMES), scratch.home)
      const signed = join(scratch.temporary, 'checkpoint')
      await copyFile(join(scratch.home, 'log/checkpoint'), signed)
      const before = await readLog(scratch.home, signed)
      const server = await startServer({
        home: scratch.home,
        port: await findFreePort(),
        env: { TMPDIR: scratch.temporary },
      })
      try {
        const admin = speakAs(server.client, await readAdminToken(scratch.home))
        const kept = (await readFile(join(scratch.home, 'tester.token'), 'utf8')).trim()
        const { status } = await speakAs(server.client, kept)('GET', '/api/v1/whoami')
        expect(status).toBe(Date.now() < KEY_ENDS ? 200 : 401)
        const { text } = await admin('POST', '/api/v1/principals/tester/tokens', {})
        const tester = speakAs(server.client, (JSON.parse(text) as { readonly token: string }).token)

        const { agreements } = JSON.parse((await admin('GET', '/api/v1/agreements')).text) as {
          readonly agreements: readonly AgreementRecord[]
        }
        expect(agreements.map(({ id, version, state }) => `${id} ${version} ${state}`).sort()).toEqual(KEPT)

        const model = await tester('POST', '/v1/chat/completions', { ...NOTE, model: 'demo' })
        expect(model.status).toBe(200)
        expect(model.text).toContain('Jonas Falkner')
        // What such an agreement said of features, it says still: those that leave nothing behind, and no other.
        const preview = async (of: string, extra: object = {}) =>
          tester('POST', '/api/v1/preview?endpoint=chat.completions', { ...NOTE, model: of, ...extra })
        expect((await preview('llama')).status).toBe(200)
        expect((await preview('llama', { web_search_options: {} })).text).toContain('feature hosted-tool.web-search')
        expect((await preview('gpt-x')).text).toContain('"id":"cloud-baa","version":2')
      } finally {
        await server.stop()
      }
      const after = await readLog(scratch.home, signed)
      expect(after.slice(0, before.length)).toEqual(before)
      expect(after.slice(before.length).map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['crossing.intent', 'crossing.outcome']),
      )
    } finally {
      await scratch.remove()
    }
  },
)

const NOTE = { messages: [{ role: 'user', content: 'Summarise: Mr. Jonas Falkner, MRN 00482913, chest pain.' }] }
const KEPT = ['cloud-baa 2 in force', 'demo 1 in force', 'gone 1 terminated', 'ward-own 1 in force']

type Speak = (method: string, path: string, body?: object) => Promise<{ status: number; text: string }>

function speakAs(client: HttpsClient, token: string): Speak {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'breakwater-purpose': 'TREAT',
  }
  return async (method, path, body) => {
    const answer = await client.send(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return { status: answer.status, text: answer.body.toString() }
  }
}
