import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEnvelope, createLocalKekProvider, createWrappedKeyring } from '@breakwater/keys'
import type { Envelope, LocalKekProvider } from '@breakwater/keys'
import { keyStatusSchema, reachabilitySchema, shredCertificateSchema } from '@breakwater/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { referToPatient } from '../../platform/patients/refer.ts'
import type { TestApp } from '../../testing/app.ts'
import { createTestApp } from '../../testing/app.ts'
import { signInAs } from '../../testing/browser.ts'
import { test as base } from '../../testing/database.ts'
import { createKeyringStore, createKeyStore } from './index.ts'

const test = base.extend<{ kek: LocalKekProvider }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  kek: async ({}, use) => {
    const dir = await mkdtemp(join(tmpdir(), 'kek-'))
    await use(await createLocalKekProvider({ dir, environment: 'development' }))
    await rm(dir, { recursive: true })
  },
})

const PLACE = { tenant: 'default', objectClass: 'note', table: 'notes', column: 'body', row: '17' }
const TEXT = Buffer.from('came in with chest pain')

interface Installation {
  readonly app: TestApp
  /** As another replica would have it: nothing in memory yet. */
  readonly fresh: () => Envelope
  readonly token: string
}

/** A server whose key administrator calls, and envelopes over the same rows. */
async function install(db: Db, kek: LocalKekProvider): Promise<Installation> {
  const app = await createTestApp(db, { keyProviders: [kek] })
  const admin = { tenant: 'default', id: 'admin' }
  const { principals } = app.services
  const keeper = {
    id: 'keeper',
    kind: 'service',
    roles: ['key-administrator'],
    purposes: [],
    mayRestore: false,
  } as const
  await principals.put(admin, keeper)
  const { token } = await principals.issueToken(admin, 'keeper', { ttlSeconds: 7 * 86_400 })
  const store = createKeyStore(db, app.clock)
  const fresh = (): Envelope =>
    createEnvelope({ environment: 'development', providers: [kek], store, clock: app.clock })
  return { app, fresh, token }
}

/** Shredding cannot be undone: only a person may, who has just shown who it is. */
async function shred(app: TestApp, patient: string): Promise<unknown> {
  const browser = await signInAs(app, ['key-administrator'])
  return (await browser.call('POST', '/api/v1/keys/shred', { patient })).json()
}

async function post(app: TestApp, token: string, path: string, body: unknown = {}): Promise<unknown> {
  const answer = await app.call(token, 'POST', `/api/v1/keys/${path}`, body)
  return answer.status === 204 ? undefined : answer.json()
}

describe('a field', () => {
  test('opens on another replica, and is nowhere in the database in plain (EN-01)', async ({ db, migrator, kek }) => {
    const { fresh } = await install(db, kek)
    const sealed = await fresh().seal(PLACE, TEXT)
    expect(Buffer.from(await fresh().open(PLACE, sealed))).toEqual(TEXT)
    const { rows } = await sql<{ dump: string }>`select string_agg(k::text, ' ') as dump from data_keys k`.execute(
      migrator,
    )
    expect(rows[0]?.dump).toContain('note')
    expect(rows[0]?.dump).not.toContain(TEXT.toString('hex'))
  })

  test('made by many replicas at once hangs under one key', async ({ db, migrator, kek }) => {
    const { fresh } = await install(db, kek)
    const sealed = await Promise.all(Array.from({ length: 8 }, async () => fresh().seal(PLACE, TEXT)))
    const reader = fresh()
    for (const field of sealed) expect(Buffer.from(await reader.open(PLACE, field))).toEqual(TEXT)
    const { rows } = await sql`select id from data_keys`.execute(migrator)
    expect(rows).toHaveLength(1)
  })
})

describe('rotation (EN-06)', () => {
  test('of a data key: old fields open, new ones are under the new key', async ({ db, kek }) => {
    const { app, fresh, token } = await install(db, kek)
    const old = await fresh().seal(PLACE, TEXT)
    await post(app, token, 'rotate', { objectClass: 'note' })
    const renewed = await fresh().seal(PLACE, TEXT)
    expect(Buffer.from(await fresh().open(PLACE, old))).toEqual(TEXT)
    const status = keyStatusSchema.parse(await (await app.call(token, 'GET', '/api/v1/keys')).json())
    expect(status.dataKeys).toMatchObject([{ objectClass: 'note', keys: 2, isDue: false }])
    expect(Buffer.from(await fresh().open(PLACE, renewed))).toEqual(TEXT)
  })

  test('of the key above: re-wrapped while fields are read and written, then the old version goes', async ({
    db,
    kek,
  }) => {
    const { app, fresh, token } = await install(db, kek)
    const [writer, reader] = [fresh(), fresh()]
    const places = Array.from({ length: 12 }, (_, i) => ({ ...PLACE, objectClass: `class-${i}` }))
    const sealed = new Map(
      await Promise.all(places.map(async (place) => [place, await writer.seal(place, TEXT)] as const)),
    )
    await kek.rotate()
    const status = keyStatusSchema.parse(await (await app.call(token, 'GET', '/api/v1/keys')).json())
    expect(status.dataKeys.every(({ isDue }) => isDue)).toBe(true)

    let failures = 0
    let isDone = false
    const load = (async () => {
      while (!isDone) {
        for (const [place, field] of sealed) {
          await reader.open(place, field).catch(() => (failures += 1))
          await writer.seal(place, TEXT).catch(() => (failures += 1))
        }
      }
    })()
    expect(await post(app, token, 'rewrap')).toEqual({ rewrapped: 12, remaining: 0 })
    isDone = true
    await load
    await kek.disable('1')
    const after = fresh()
    for (const [place, field] of sealed) expect(Buffer.from(await after.open(place, field))).toEqual(TEXT)
    expect(failures).toBe(0)
  })

  test('of the keyring: every replica takes up the version that one made', async ({ db, kek }) => {
    const open = async () =>
      createWrappedKeyring({ environment: 'development', providers: [kek], store: createKeyringStore(db) })
    const [one, other] = [await open(), await open()]
    const derive = (keyring: typeof one, version: number): string =>
      Buffer.from(keyring.deriveMac('tokens', version, 'default', ['x'])('text')).toString('hex')
    expect(derive(other, 1)).toBe(derive(one, 1))
    expect(await one.rotate('tokens')).toBe(2)
    await other.refresh()
    expect(other.currentVersion('tokens')).toBe(2)
    expect(derive(other, 2)).toBe(derive(one, 2))
    await kek.rotate()
    expect(await one.rewrap()).toBe(4)
    await kek.disable('1')
    expect(derive(await open(), 1)).toBe(derive(one, 1))
  })
})

describe('shredding (EN-13)', () => {
  const patient = 'MRN 00482913'

  async function sealFor(app: TestApp, envelope: Envelope): Promise<{ place: typeof PLACE; sealed: Uint8Array }> {
    const place = { ...PLACE, subject: referToPatient(app.keyring, 'default', patient) }
    return { place, sealed: await envelope.seal(place, TEXT) }
  }

  test('leaves nothing that opens, and gives a certificate that the log bears out', async ({ db, kek }) => {
    const { app, fresh } = await install(db, kek)
    const { place, sealed } = await sealFor(app, fresh())
    const certificate = shredCertificateSchema.parse(await shred(app, patient))
    await expect(fresh().open(place, sealed)).rejects.toMatchObject({ code: 'keys.destroyed' })
    const entry = (await app.readLedger()).find(({ index }) => index === certificate.ledgerIndex)?.entry
    expect(entry).toMatchObject({ kind: 'key.shredded', counts: { keys: 1 }, patients: certificate.subjects })
    expect(JSON.stringify(certificate)).not.toContain('00482913')
    expect(await shred(app, patient)).toMatchObject({ type: '/errors/resource.unknown' })
  })

  test('spares every other patient', async ({ db, kek }) => {
    const { app, fresh } = await install(db, kek)
    await sealFor(app, fresh())
    const other = { ...PLACE, subject: referToPatient(app.keyring, 'default', 'MRN 1') }
    const kept = await fresh().seal(other, TEXT)
    await shred(app, patient)
    expect(Buffer.from(await fresh().open(other, kept))).toEqual(TEXT)
  })

  test('drill: a restored old backup opens until the key above it is destroyed, and no more afterwards', async ({
    db,
    migrator,
    kek,
  }) => {
    const { app, fresh, token } = await install(db, kek)
    const { place, sealed } = await sealFor(app, fresh())
    await sql`create table backup as select * from data_keys`.execute(migrator)
    const restore = async (): Promise<void> => {
      await sql`set session_replication_role = replica`.execute(migrator)
      await sql`delete from data_keys`.execute(migrator)
      await sql`insert into data_keys select * from backup`.execute(migrator)
      await sql`set session_replication_role = origin`.execute(migrator)
    }
    await shred(app, patient)
    await restore()
    // What the backup holds is enough, as long as the key service still has the key: the certificate says under which.
    expect(Buffer.from(await fresh().open(place, sealed))).toEqual(TEXT)
    await shred(app, patient)
    await kek.rotate()
    await post(app, token, 'rewrap')
    await kek.destroy('1')
    await restore()
    await expect(fresh().open(place, sealed)).rejects.toMatchObject({ code: 'keys.destroyed' })
    await sql`drop table backup`.execute(migrator)
  })

  test('whether the key of a copy could be reached at a time is answered from the record', async ({ db, kek }) => {
    const { app, fresh, token } = await install(db, kek)
    await sealFor(app, fresh())
    const ask = async (copiedAt: string | undefined, at: string) =>
      reachabilitySchema.parse(await post(app, token, 'reachability', { patient, copiedAt, at }))
    const usage = keyStatusSchema.parse(await (await app.call(token, 'GET', '/api/v1/keys')).json()).dataKeys
    const { provider, kekId, kekVersion } = usage.find(({ use }) => use === 'wrap') ?? {
      provider: '',
      kekId: '',
      kekVersion: '',
    }
    app.clock.set('2026-06-02T12:00:00.000Z')
    await shred(app, patient)
    app.clock.set('2026-06-03T12:00:00.000Z')
    await post(app, token, 'kek-events', {
      provider,
      kekId,
      kekVersion,
      event: 'destroyed',
      happenedAt: '2026-06-03T12:00:00.000Z',
    })
    expect(await ask('2026-06-01T13:00:00.000Z', '2026-06-02T13:00:00.000Z')).toMatchObject({ isReachable: true })
    expect(await ask('2026-06-01T13:00:00.000Z', '2026-06-03T13:00:00.000Z')).toMatchObject({
      isReachable: false,
      reasons: ['key-above-destroyed'],
    })
    expect(await ask('2026-06-02T13:00:00.000Z', '2026-06-02T14:00:00.000Z')).toMatchObject({
      isReachable: false,
      reasons: ['shredded-before-the-copy'],
    })
    expect(
      reachabilitySchema.parse(
        await post(app, token, 'reachability', { patient: 'nobody', at: '2026-06-02T13:00:00.000Z' }),
      ),
    ).toMatchObject({ isReachable: 'unknown' })
  })
})

describe('separation of duties (EN-07)', () => {
  test('a service cannot shred, whatever its role', async ({ db, kek }) => {
    const { app, token } = await install(db, kek)
    expect(await post(app, token, 'shred', { patient: 'MRN 1' })).toMatchObject({
      type: '/errors/auth.step-up-required',
    })
  })

  test('who manages keys reads no data; who administers manages no key', async ({ db, kek }) => {
    const { app, token } = await install(db, kek)
    const crossing = { model: 'demo', messages: [{ role: 'user', content: 'hello' }] }
    const headers = { authorization: `Bearer ${token}`, 'breakwater-purpose': 'TREAT' }
    const crossed = await app.request('/v1/chat/completions', {
      method: 'POST',
      headers,
      body: JSON.stringify(crossing),
    })
    expect(crossed.status).toBe(403)
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/rewrap'],
    ] as const) {
      expect((await app.call(app.tokens.admin, method, `/api/v1/keys${path}`)).status).toBe(403)
    }
  })

  test('one principal with both duties is refused', async ({ db, kek }) => {
    const { app } = await install(db, kek)
    const both = {
      kind: 'service',
      roles: ['key-administrator', 'application'],
      purposes: ['TREAT'],
      mayRestore: false,
    }
    const refused = await app.call(app.tokens.admin, 'PUT', '/api/v1/principals/both', both)
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ type: '/errors/access.duties-conflict' })
  })

  test("another tenant's keys are not seen", async ({ db, kek }) => {
    const { fresh } = await install(db, kek)
    await fresh().seal(PLACE, TEXT)
    const rows = await withTenant(db, 'globex', async (trx) => (await sql`select id from data_keys`.execute(trx)).rows)
    expect(rows).toEqual([])
  })
})
