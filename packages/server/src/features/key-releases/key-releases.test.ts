import { createHmac, createPrivateKey, createSecretKey, privateDecrypt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyReleaseSchema, keyStatusSchema, releaseChallengeSchema } from '@breakwater/contract'
import {
  createEnvelope,
  createLocalKekProvider,
  encodeKeyContext,
  openReleaseRules,
  parseReleaseSettings,
} from '@breakwater/keys'
import { flip, makeEnclave } from '@breakwater/keys/testing'
import type { DocumentOptions } from '@breakwater/keys/testing'
import { describe, expect } from 'vitest'
import type { Db } from '../../platform/db/database.ts'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { createBrowser } from '../../testing/browser.ts'
import { computeTotp, enrolByTotp } from '../../testing/totp.ts'
import { test as base } from '../../testing/database.ts'
import { createKeyStore } from '../keys/index.ts'

const NOW = '2026-06-01T12:00:00.000Z'
const enclave = makeEnclave(new Date(NOW))
const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`

interface Installation {
  readonly app: TestApp
  /** Another process over the same database and the same key service. */
  readonly replica: TestApp
  readonly dekId: string
}

const test = base.extend<{ install: (db: Db, objectClass?: string) => Promise<Installation> }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  install: async ({}, use) => {
    const dir = await mkdtemp(join(tmpdir(), 'release-'))
    const kek = await createLocalKekProvider({ dir, environment: 'development' })
    const rootCertificateFile = join(dir, 'root.pem')
    await writeFile(rootCertificateFile, pem(enclave.root.certificate))
    await use(async (db, objectClass = 'model') => {
      const pcrs = { '0': [enclave.image.toString('hex')] }
      let time = { now: () => new Date(NOW) }
      const rules = await openReleaseRules(
        parseReleaseSettings([{ kind: 'aws-nitro', objectClass, rootCertificateFile, pcrs }]),
        { now: () => time.now() },
      )
      const options = { now: NOW, keyProviders: [kek], releaseRules: rules } as const
      const app = await createTestApp(db, options)
      time = app.clock
      const replica = await createTestApp(db, { ...options, keyring: app.keyring })
      const store = createKeyStore(db, app.clock)
      const made = createEnvelope({ environment: 'development', providers: [kek], store, clock: app.clock })
      // By another process, before the class was set apart.
      const { dekId } = await made.rotate({ tenant: 'default', objectClass: 'model', use: 'data' })
      return { app, replica, dekId }
    })
    await rm(dir, { recursive: true })
  },
})

async function challenge(app: TestApp, objectClass = 'model', token = app.tokens.app): Promise<Buffer> {
  const answer = await app.call(token, 'POST', '/api/v1/keys/releases/challenges', { objectClass })
  return Buffer.from(releaseChallengeSchema.parse(await answer.json()).nonce, 'base64')
}

async function present(app: TestApp, evidence: Buffer, body: object = {}, token = app.tokens.app): Promise<Response> {
  return app.call(token, 'POST', '/api/v1/keys/releases', {
    objectClass: 'model',
    evidence: evidence.toString('base64'),
    ...body,
  })
}

const answerTo = (nonce: Buffer, change: DocumentOptions['change'] = {}): Buffer =>
  enclave.makeDocument({ change: { nonce, ...change } })

async function readReleases(app: TestApp): Promise<readonly object[]> {
  const entries = (await app.readLedger()).map(({ entry }) => entry)
  return entries
    .filter(({ kind }) => kind.startsWith('key.release'))
    .map(({ kind, decision, codes, endpoint, principal }) => ({ kind, decision, codes, endpoint, principal }))
}

describe('a key of a class that is set apart (GW-16)', () => {
  test('goes to the attested machine, encrypted to it, and the log says so', async ({ db, install }) => {
    const { app, dekId } = await install(db)
    const answer = await present(app, answerTo(await challenge(app)))
    const release = keyReleaseSchema.parse(await answer.json())
    const key = privateDecrypt(
      {
        key: createPrivateKey(enclave.machine.privateKey.export({ type: 'pkcs8', format: 'pem' })),
        oaepHash: 'sha256',
      },
      Buffer.from(release.wrappedKey, 'base64'),
    )
    const context = { environment: 'development', tenant: 'default', objectClass: 'model', use: 'data', dekId } as const
    const mac = createHmac('sha256', createSecretKey(key)).update('breakwater dek commitment v1')
    expect(mac.update(encodeKeyContext(context)).digest('base64')).toBe(release.commitment)
    expect(await readReleases(app)).toEqual([
      { kind: 'key.released', decision: 'allow', codes: ['model', 'aws-nitro'], endpoint: dekId, principal: 'app' },
    ])
  })

  test('opens for nobody in the server: a process that did not make it cannot use it', async ({ db, install }) => {
    // The class of a secret that the server itself uses, to see the server refused.
    const { app, replica } = await install(db, 'sign-in')
    const ann = await enrolByTotp(app, ['security-officer'], () => app.clock.now())
    const at = '2026-06-01T12:00:30.000Z'
    for (const [each, status] of [
      [replica, 403],
      [app, 204],
    ] as const) {
      each.clock.set(at)
      const shown = { password: ann.password, code: computeTotp(ann.secret, new Date(at)) }
      const answer = await createBrowser(each).call('POST', '/api/v1/sign-in/totp', shown)
      expect(answer.status).toBe(status)
      if (status === 403) expect(await answer.json()).toMatchObject({ type: '/errors/keys.attestation-refused' })
    }
  })

  test('is refused to altered evidence, and each refusal is in the log', async ({ db, install }) => {
    const { app, dekId } = await install(db)
    const nonce = await challenge(app)
    const altered: readonly Buffer[] = [
      flip(answerTo(nonce), -1),
      answerTo(nonce, { pcrs: new Map([[0, Buffer.alloc(48, 0xa2)]]) }),
      answerTo(nonce, { pcrs: new Map([[0, Buffer.alloc(48)]]) }),
      answerTo(nonce, { cabundle: [enclave.authority('root').certificate, enclave.zone.certificate] }),
      answerTo(nonce, { public_key: null }),
    ]
    for (const evidence of altered) {
      const answer = await present(app, evidence)
      expect([answer.status, Object(await answer.json()).type]).toEqual([403, '/errors/keys.attestation-refused'])
    }
    const codes = ['model', 'aws-nitro', 'keys.attestation-refused', 'evidence']
    const entry = { kind: 'key.release-refused', decision: 'deny', codes, endpoint: dekId, principal: 'app' }
    expect(await readReleases(app)).toEqual(altered.map(() => entry))
    // None of them used up the nonce: the machine itself is still answered.
    expect((await present(app, answerTo(nonce))).status).toBe(200)
  })

  test('is refused to evidence that expired, and to a nonce that did', async ({ db, install }) => {
    const { app } = await install(db)
    const nonce = await challenge(app)
    app.clock.set('2026-06-01T12:02:00.000Z')
    expect((await present(app, answerTo(nonce))).status).toBe(403)
    app.clock.set('2026-06-01T12:05:01.000Z')
    const fresh = await challenge(app)
    expect((await present(app, answerTo(fresh))).status).toBe(403)
    const steps = (await readReleases(app)).map((entry) => Object(entry).codes.at(-1))
    expect(steps).toEqual(['nonce-expired', 'evidence'])
  })

  test('is refused to evidence that was presented before, on this replica and on the other', async ({
    db,
    install,
  }) => {
    const { app, replica } = await install(db)
    const evidence = answerTo(await challenge(app))
    expect((await present(replica, evidence)).status).toBe(200)
    expect((await present(replica, evidence)).status).toBe(403)
    expect((await present(app, evidence, {}, replica.tokens.app)).status).toBe(403)
    const steps = (await readReleases(app)).map((entry) => Object(entry).codes.at(-1))
    expect(steps).toEqual(['aws-nitro', 'nonce-used', 'nonce-used'])
  })

  test('is given once to evidence that is presented to both replicas at the same time', async ({ db, install }) => {
    const { app, replica } = await install(db)
    const evidence = answerTo(await challenge(app))
    const answers = await Promise.all([app, replica, app, replica].map(async (each) => present(each, evidence)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(3)
  })

  test('is refused to a nonce of our own making, of another caller, and of another rule', async ({ db, install }) => {
    const { app } = await install(db)
    expect((await present(app, answerTo(Buffer.alloc(32, 7)))).status).toBe(403)
    const admin = { tenant: 'default', id: 'admin' }
    const other = { id: 'other', kind: 'service', roles: ['application'], purposes: [], mayRestore: false } as const
    await app.services.principals.put(admin, other)
    const { token } = await app.services.principals.issueToken(admin, 'other', { ttlSeconds: 3_600 })
    expect((await present(app, answerTo(await challenge(app, 'model', token)))).status).toBe(403)
    const steps = (await readReleases(app)).map((entry) => Object(entry).codes.at(-1))
    expect(steps).toEqual(['nonce-unknown', 'nonce-unknown'])
  })

  test('is re-wrapped when the key above it rotates, and released as before', async ({ db, install }) => {
    const { app } = await install(db)
    const [kek] = app.keyProviders
    await Object(kek).rotate()
    const keeper = { tenant: 'default', id: 'keeper' }
    expect(await app.services.keys.rewrap(keeper)).toMatchObject({ rewrapped: 1, remaining: 0 })
    expect((await present(app, answerTo(await challenge(app)))).status).toBe(200)
  })

  test('no class that is not set apart, no other key and no other caller', async ({ db, install }) => {
    const { app } = await install(db)
    const asked = await app.call(app.tokens.app, 'POST', '/api/v1/keys/releases/challenges', { objectClass: 'note' })
    expect(asked.status).toBe(404)
    const evidence = answerTo(await challenge(app))
    expect((await present(app, evidence, { dekId: 'A'.repeat(22) })).status).toBe(404)
    expect((await present(app, evidence, {}, app.tokens.admin)).status).toBe(403)
    expect((await present(app, evidence)).status).toBe(200)
  })

  test('a caller cannot fill the table with challenges', async ({ db, install }) => {
    const { app } = await install(db)
    const ask = async (): Promise<number> =>
      (await app.call(app.tokens.app, 'POST', '/api/v1/keys/releases/challenges', { objectClass: 'model' })).status
    for (let asked = 0; asked < 20; asked += 1) expect(await ask()).toBe(200)
    expect(await ask()).toBe(429)
    app.clock.set('2026-06-01T12:02:01.000Z')
    expect(await ask()).toBe(200)
  })

  test('is named in the status, by a hash that all replicas share', async ({ db, install }) => {
    const { app } = await install(db)
    const admin = { tenant: 'default', id: 'admin' }
    const keeper = {
      id: 'keeper',
      kind: 'service',
      roles: ['key-administrator'],
      purposes: [],
      mayRestore: false,
    } as const
    await app.services.principals.put(admin, keeper)
    const { token } = await app.services.principals.issueToken(admin, 'keeper', { ttlSeconds: 3_600 })
    const status = keyStatusSchema.parse(await (await app.call(token, 'GET', '/api/v1/keys')).json())
    expect(status.releases).toMatchObject([{ objectClass: 'model', kind: 'aws-nitro' }])
    // Who keeps the keys is not who gets them (EN-07).
    expect((await present(app, answerTo(Buffer.alloc(32)), {}, token)).status).toBe(403)
  })
})
