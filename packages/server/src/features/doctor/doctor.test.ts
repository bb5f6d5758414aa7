import { createSecretKey } from 'node:crypto'
import { sql } from 'kysely'
import type { KekProvider } from '@breakwater/keys'
import { AppError } from '@breakwater/kernel'
import { describe, expect } from 'vitest'
import { HOME_TENANT } from '../../app.ts'
import type { Db } from '../../platform/db/database.ts'
import { requireMigrated } from '../../platform/db/migrate.ts'
import { makeIdentity } from '../../platform/tls/make-identity.ts'
import { ALL_CLAUSES, OWN_FACTS } from '../../testing/agreements.ts'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { listTenants } from '../ledger/index.ts'
import { hashPolicySet, readPolicyFolder } from '../policy/index.ts'
import { createDoctorStore, examine } from './index.ts'
import type { Finding, Patient } from './index.ts'

const DAY_MS = 86_400_000
const RULE = { objectClass: 'model', kind: 'aws-nitro', sha256: 'ab'.repeat(32) } as const

async function makePatient(db: Db, app: TestApp, changes: Partial<Patient> = {}): Promise<Patient> {
  const store = createDoctorStore(db)
  const { certificate } = await makeIdentity({
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 90 * DAY_MS),
  })
  return {
    environment: 'development',
    tenant: HOME_TENANT,
    tenants: [HOME_TENANT],
    clock: { now: () => new Date() },
    store: {
      ...store,
      // The database of tests forgets in a power cut, and nobody sequences its log.
      readRole: async () => ({ ...(await store.readRole()), isDurable: true }),
      readLedger: async (tenant, seconds) => ({ ...(await store.readLedger(tenant, seconds)), waitingSeconds: 0 }),
    },
    hasDatabaseTls: false,
    requireMigrated: async () => requireMigrated(db),
    keys: {
      isService: false,
      open: async () => app.keyProviders.map((each) => ({ ...each, close: async () => undefined })),
    },
    openReleaseRules: async () => [RULE],
    readCertificate: async () => certificate,
    listSecretFiles: async () => [{ name: 'server.key', mode: 0o100600, uid: 1_000, gid: 1_000 }],
    readShippedPolicyHash: async () => hashPolicySet(await readPolicyFolder()),
    deadlineSeconds: 120,
    ...changes,
  }
}

const find = (findings: readonly Finding[], check: string): Finding | undefined =>
  findings.find((finding) => finding.check === check)

/** What is broken, which look must see it, how it is broken, and how the owner mends it for the tests that follow. */
type Spoiled = [string, string, (context: { app: TestApp; db: Db; migrator: Db }) => Promise<Partial<Patient>>, string?]

describe('breakwater doctor', () => {
  test('finds nothing to fail in a home as it was made, and says each thing it looked at', async ({ db }) => {
    const findings = await examine(await makePatient(db, await createTestApp(db, { now: new Date().toISOString() })))
    expect(findings.filter(({ level }) => level === 'fail')).toEqual([])
    expect(findings.length).toBeGreaterThan(15)
    expect(findings.filter(({ level, fix }) => level !== 'ok' && fix === undefined)).toEqual([])
  })

  const extractable = (provider: KekProvider): KekProvider => ({
    ...provider,
    describe: () => ({ ...provider.describe(), environment: 'production', isExtractable: true }),
    close: async () => undefined,
  })

  // Each breaks one thing and leaves the rest.
  test.for<Spoiled>([
    [
      'an expired certificate (MO-04)',
      'certificate',
      async () => {
        const { certificate } = await makeIdentity({
          notBefore: new Date(Date.now() - 9 * DAY_MS),
          notAfter: new Date(Date.now() - DAY_MS),
        })
        return { readCertificate: async () => certificate }
      },
    ],
    [
      'attested machines whose pinned root has expired (GW-16)',
      'attested release',
      async () => ({ openReleaseRules: async () => [{ ...RULE, rootEndsAt: new Date(Date.now() - 1) }] }),
    ],
    [
      'a rule about attested machines that cannot be read',
      'attested release',
      async () => ({
        openReleaseRules: async () => {
          throw new AppError('config.invalid', { message: 'rootCertificateFile cannot be read' })
        },
      }),
    ],
    [
      'replicas that expect different machines',
      'attested release',
      async ({ migrator }) => {
        await sql`insert into attestation_challenges
          (tenant, nonce_sha256, principal, object_class, rule_sha256, issued_at, expires_at)
          values ('default', ${Buffer.alloc(32, 1)}, 'app', 'model', ${Buffer.alloc(32, 2)}, clock_timestamp(),
            clock_timestamp() + interval '2 minutes')`.execute(migrator)
        return {}
      },
    ],
    ['a clock that is an hour off', 'clock', async () => ({ clock: { now: () => new Date(Date.now() - 3_600_000) } })],
    [
      'a secret file that others may read',
      'files',
      async () => ({ listSecretFiles: async () => [{ name: 'server.key', mode: 0o100644, uid: 1_000, gid: 1_000 }] }),
    ],
    [
      'a key service that does not answer',
      'key services',
      async () => ({
        keys: {
          isService: true,
          open: async () => {
            throw new AppError('keys.unavailable', { message: 'the key service does not answer' })
          },
        },
      }),
    ],
    ['a key of another environment (AC-12)', 'key services', async () => ({ environment: 'staging' })],
    [
      'a key that can be copied, in production (EN-05)',
      'key services',
      async ({ app }) => ({
        environment: 'production',
        keys: { isService: true, open: async () => app.keyProviders.map(extractable) },
      }),
    ],
    [
      'a column that was switched to plaintext (MO-04)',
      'sealed columns',
      async ({ db }) => {
        const text = Buffer.from('{"kty":"EC","note":"this lies here as anybody can read it, for all to see"}')
        await writeTokenKey(db, text)
        return {}
      },
    ],
    [
      'a reason in the clear that the worker has not sealed (MO-04)',
      'sealed columns',
      async ({ migrator }) => {
        await sql`insert into exceptions (tenant, id, kind, subject, owner, justification, proposed_by, proposed_at, expires_at)
          values (${HOME_TENANT}, gen_random_uuid(), 'access', 'ana', 'ana', 'written by an earlier version', 'ana', now(),
            now() + interval '1 day')`.execute(migrator)
        return {}
      },
    ],
    [
      'a column of bytes that no migration made',
      'sealed columns',
      async ({ migrator }) => {
        await sql`alter table tenants add column stray bytea`.execute(migrator)
        return {}
      },
      'alter table tenants drop column stray',
    ],
    [
      'row-level security that is no longer forced',
      'row-level security',
      async ({ migrator }) => {
        await sql`alter table providers no force row level security`.execute(migrator)
        return {}
      },
      'alter table providers force row level security',
    ],
    [
      'a database of another version',
      'migrations',
      async ({ migrator }) => {
        await sql`insert into migrations (name, sha256) values ('9999_other.sql', 'x')`.execute(migrator)
        return {}
      },
      "delete from migrations where name = '9999_other.sql'",
    ],
    ['tokens of a first start outside development', 'seed tokens', async () => ({ environment: 'staging' })],
    ['production with fewer than two administrators', 'administrators', async () => ({ environment: 'production' })],
    ['a database without TLS', 'database TLS', async () => ({ hasDatabaseTls: true })],
    [
      'a policy document that is not what was activated (MO-05)',
      'policy',
      async ({ migrator }) => {
        await sql`alter table policy_sets disable trigger user`.execute(migrator)
        await sql`update policy_sets set document = document || ' '`.execute(migrator)
        return {}
      },
      'alter table policy_sets enable trigger user',
    ],
    [
      'a policy set that lets PHI out of production (AC-12)',
      'PHI outside production',
      async ({ app }) => {
        const set = await readPolicyFolder()
        const { 'no-phi-outside-production': _dropped, ...policies } = set.policies
        await app.services.policy.activate({ tenant: HOME_TENANT, id: 'breakwater' }, { ...set, policies })
        return {}
      },
    ],
  ])('sees %s', async ([, check, spoil, mend = 'select 1'], { db, migrator }) => {
    const app = await createTestApp(db, { now: new Date().toISOString() })
    const patient = await makePatient(db, app, await spoil({ app, db, migrator }))
    const found = find(await examine(patient), check)
    await sql.raw(mend).execute(migrator)
    expect(found).toMatchObject({ level: 'fail', fix: expect.any(String) })
  })

  test('sees a role that row-level security does not bind', async ({ db, migrator }) => {
    const app = await createTestApp(db, { now: new Date().toISOString() })
    const findings = await examine(await makePatient(migrator, app))
    expect(find(findings, 'database role')?.level).toBe('fail')
  })

  test('sees a database that may lose a commit', async ({ db }) => {
    const app = await createTestApp(db, { now: new Date().toISOString() })
    const store = createDoctorStore(db)
    expect(find(await examine(await makePatient(db, app, { store })), 'durability')?.level).toBe('fail')
  })

  test('looks at every tenant: what is wrong in another one is told with its name (MO-04)', async ({
    db,
    sequencerDb,
  }) => {
    const app = await createTestApp(db, { now: new Date().toISOString() })
    await app.services.principals.ensureTenant({ tenant: 'globex', id: 'breakwater' })
    const globex = { tenant: 'globex', id: 'breakwater' }
    await app.services.providers.put(globex, {
      id: 'stray',
      kind: 'demo',
      isInternal: true,
      allowedAddresses: [],
      models: ['demo'],
    })
    const tenants = await listTenants(sequencerDb)
    expect(tenants).toEqual(['default', 'globex'])
    const findings = await examine(await makePatient(db, app, { tenants }))
    expect(find(findings, 'policy')).toMatchObject({ level: 'fail', told: 'globex: no set is active' })
    expect(find(findings, 'agreements')).toMatchObject({ level: 'warn', told: 'globex: none in force for stray' })
    expect(find(findings, 'sealed columns')).toMatchObject({ level: 'ok', told: expect.stringContaining('2 tenants') })
    const alone = await examine(await makePatient(db, app, { tenants: undefined }))
    expect(find(alone, 'tenants')).toMatchObject({ level: 'warn', fix: expect.any(String) })
    expect(find(alone, 'policy')?.level).toBe('ok')
  })

  test('sees a log that nobody signs, and a crossing that nobody closed', async ({ db }) => {
    const app = await createTestApp(db, { now: new Date().toISOString() })
    const store = createDoctorStore(db)
    const old = { ...store, readLedger: async () => ({ loneIntents: 2, waitingSeconds: 300 }) }
    const findings = await examine(await makePatient(db, app, { store: old }))
    expect([find(findings, 'sequencer')?.level, find(findings, 'worker')?.level]).toEqual(['fail', 'fail'])
    await sql`select 1`.execute(db)
    expect((await store.readLedger(HOME_TENANT, 1)).waitingSeconds).toBeGreaterThan(0)
  })

  test('fails a covered provider while our own controls are off (GW-17)', async ({ db }) => {
    const app = await createTestApp(db, { now: new Date().toISOString() })
    const actor = { tenant: HOME_TENANT, id: 'breakwater' }
    const common = { endpoints: ['chat.completions'], models: ['*'], purposes: ['TREAT'] as const }
    await app.services.agreements.put(actor, {
      ...common,
      id: 'cloud',
      kind: 'business-associate',
      clauses: ALL_CLAUSES,
      incidentNoticeDays: 10,
      provider: 'demo',
      effectiveFrom: new Date(Date.now() - DAY_MS),
      effectiveTo: new Date(Date.now() + DAY_MS),
    })
    const covered = find(await examine(await makePatient(db, app)), 'covered providers')
    expect(covered).toMatchObject({ level: 'ok', told: expect.stringContaining('demo') })
    const patient = await makePatient(db, app, { environment: 'staging' })
    const off = find(await examine(patient), 'covered providers')
    expect(off).toMatchObject({ level: 'fail', told: expect.stringContaining('authentication') })
  })

  test('warns outside development of vendors’ terms that nobody confirmed, with the next step (GW-17)', async ({
    db,
  }) => {
    const app = await createTestApp(db, { now: new Date().toISOString() })
    const actor = { tenant: HOME_TENANT, id: 'breakwater' }
    const { providers, vendors } = app.services
    const acme = {
      kind: 'openai-compatible',
      isInternal: false,
      allowedAddresses: [],
      baseUrl: 'https://acme.example.org/v1',
    }
    await providers.put(actor, { ...acme, kind: 'openai-compatible', id: 'acme', models: ['big-1'] })
    const look = async (): Promise<unknown> =>
      find(await examine(await makePatient(db, app, { environment: 'staging' })), 'vendor registry')
    expect(await look()).toMatchObject({ level: 'warn', fix: expect.stringContaining('--vendor') })
    const named = { ...acme, vendor: 'acme', service: 'api' }
    await providers.put(actor, { ...named, kind: 'openai-compatible', id: 'acme', models: ['big-1'] })
    await vendors.import(actor, OWN_FACTS)
    expect(await look()).toMatchObject({ level: 'warn', told: expect.stringContaining('acme: facts to confirm') })
    for (const { id } of OWN_FACTS) await vendors.confirm(actor, id, 1)
    expect(await look()).toMatchObject({ level: 'ok' })
    expect(find(await examine(await makePatient(db, app)), 'vendor registry')?.level).toBe('ok')
  })

  test('tells codes and names, never what an error quotes', async ({ db }) => {
    const app = await createTestApp(db, { now: new Date().toISOString() })
    const secret = createSecretKey(Buffer.from('s3cret-value'.repeat(3)))
      .export()
      .toString()
    const readCertificate = async (): Promise<string> => {
      throw new Error(secret)
    }
    const findings = await examine(await makePatient(db, app, { readCertificate }))
    expect(find(findings, 'certificate')?.level).toBe('fail')
    expect(JSON.stringify(findings)).not.toContain('s3cret')
  })
})

async function writeTokenKey(db: Db, sealed: Buffer): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`select set_config('app.tenant', ${HOME_TENANT}, true)`.execute(trx)
    await sql`insert into access_token_keys (tenant, kid, public_jwk, sealed_jwk, key_version, created_at, signs_from)
      values (${HOME_TENANT}, ${'k'.repeat(43)}, '{}', ${sealed}, 1, now(), now())`.execute(trx)
  })
}
