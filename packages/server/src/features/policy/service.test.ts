import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { writeDocument } from './document.ts'
import { readPolicyFolder } from './folder.ts'
import { createPolicyService, createPolicyStore } from './index.ts'
import type { PolicyService, PolicySet } from './types.ts'

const ACTOR = { tenant: 'default', id: 'admin' }
const APP = {
  tenant: 'default',
  id: 'app',
  kind: 'service',
  roles: ['application'],
  purposes: ['TREAT'],
  mayRestore: false,
} as const
const REQUEST = { principal: APP, action: 'cross', purpose: 'TREAT' } as const

const shipped = await readPolicyFolder()
const closed: PolicySet = { ...shipped, policies: { closed: 'forbid(principal, action, resource);' } }

/** Another replica on the same database: nothing is cached in it yet. */
function startReplica(db: Db): PolicyService {
  return createPolicyService({
    store: createPolicyStore(db),
    clock: { now: () => new Date() },
    recordChange: async () => undefined,
    environment: 'development',
  })
}

async function activateByHand(db: Db, sha256: string, document: string | undefined): Promise<void> {
  await withTenant(db, 'default', async (trx) => {
    if (document !== undefined) {
      await sql`insert into policy_sets (tenant, sha256, document) values ('default', ${sha256}, ${document})`.execute(
        trx,
      )
    }
    await sql`insert into policy_activations (tenant, sequence, sha256, activated_by)
      values ('default', 2, ${sha256}, 'admin')`.execute(trx)
  })
}

describe('the activated policy set', () => {
  test('decides, and each decision names it', async ({ db }) => {
    const { services } = await createTestApp(db)
    const { sha256 } = writeDocument(shipped)
    expect(await services.policy.decide(REQUEST)).toMatchObject({
      isAllowed: true,
      policies: ['application-crosses'],
      setSha256: sha256,
    })
    expect(await services.policy.requireActive('default')).toBe(sha256)
  })

  test('is replaced at once here, and there when the snapshot has aged', async ({ db }) => {
    const app = await createTestApp(db)
    const replica = startReplica(db)
    expect(await app.services.policy.decide(REQUEST)).toMatchObject({ isAllowed: true })
    const sha256 = await app.services.policy.activate(ACTOR, closed)
    const denied = { isAllowed: false, policies: ['closed'], setSha256: sha256 }
    expect(await app.services.policy.decide(REQUEST)).toMatchObject(denied)
    expect(await replica.decide(REQUEST)).toMatchObject(denied)
    expect((await app.readLedger()).at(-1)?.entry).toMatchObject({ kind: 'policy.activated', policySet: sha256 })
  })

  test('is not activated again when it is the active one', async ({ db }) => {
    const app = await createTestApp(db)
    const before = (await app.readLedger()).length
    await app.services.policy.activate(ACTOR, shipped)
    expect(await app.readLedger()).toHaveLength(before)
  })

  test('refuses everything when its text is not the one that was hashed', async ({ db }) => {
    await createTestApp(db)
    await activateByHand(db, 'f'.repeat(64), writeDocument(closed).document)
    await expect(startReplica(db).decide(REQUEST)).rejects.toMatchObject({ code: 'policy.mismatch' })
  })

  test('refuses everything when it is no valid policy set', async ({ db }) => {
    await createTestApp(db)
    const { document, sha256 } = writeDocument({ ...shipped, policies: { odd: 'permit(principal' } })
    await activateByHand(db, sha256, document)
    await expect(startReplica(db).decide(REQUEST)).rejects.toMatchObject({ code: 'policy.unavailable' })
  })

  test('missing: nothing is allowed', async ({ db }) => {
    await expect(startReplica(db).decide(REQUEST)).rejects.toMatchObject({ code: 'policy.unavailable' })
  })

  test('invalid is never activated', async ({ db }) => {
    const app = await createTestApp(db)
    const odd = { ...shipped, policies: { odd: 'permit(principal, action, resource) when { principal.age };' } }
    await expect(app.services.policy.activate(ACTOR, odd)).rejects.toMatchObject({ code: 'policy.unavailable' })
    expect(await app.services.policy.requireActive('default')).toBe(writeDocument(shipped).sha256)
  })
})
