import { mkdtemp, readFile, rm, writeFile, cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import type { TestApp } from '../../../testing/app.ts'
import { createTestApp } from '../../../testing/app.ts'
import { test } from '../../../testing/database.ts'

const SHIPPED = fileURLToPath(new URL('../../../../policies/', import.meta.url))
const PROGRAM = { tenant: 'default', id: 'breakwater' }
const APP = { tenant: 'default', id: 'app', kind: 'service', roles: ['application'], purposes: ['TREAT'] } as const
const CROSS = { principal: { ...APP, mayRestore: false }, action: 'cross', purpose: 'TREAT' } as const

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'breakwater-policies-'))
  await cp(SHIPPED, dir, { recursive: true })
})
afterEach(async () => rm(dir, { recursive: true, force: true }))

const alter = async (): Promise<void> => {
  const path = join(dir, 'application-crosses.cedar')
  await writeFile(path, (await readFile(path, 'utf8')).replace('"TREAT", ', ''))
  await writeFile(join(dir, 'added.cedar'), 'permit(principal, action, resource);')
  await rm(join(dir, 'billing-reads.cedar'))
}

async function findDrift(app: TestApp): Promise<unknown[]> {
  const rows = await app.readLedger()
  return rows.filter(({ entry }) => entry.kind === 'policy.drift').map(({ entry }) => [entry.codes, entry.counts])
}

describe('a policy folder', () => {
  test('that is altered out of band is drift, with the ids that differ and no text (MO-05)', async ({ db }) => {
    const app = await createTestApp(db, { policyFolder: { dir } })
    const { policyFolder, policy } = app.services
    await policyFolder.check(PROGRAM)
    expect([policyFolder.isDrifted(), await findDrift(app)]).toEqual([false, []])
    await alter()
    await policyFolder.check(PROGRAM)
    await policyFolder.check(PROGRAM)
    const codes = ['added:added', 'changed:application-crosses', 'removed:billing-reads']
    expect([policyFolder.isDrifted(), await findDrift(app)]).toEqual([true, [[codes, { policies: 3 }]]])
    expect(app.logged.filter(({ event }) => event === 'policy-drift')).toHaveLength(1)
    // What was altered does not decide.
    expect(await policy.decide(CROSS)).toMatchObject({ isAllowed: true, policies: ['application-crosses'] })
    await cp(SHIPPED, dir, { recursive: true })
    await rm(join(dir, 'added.cedar'))
    await policyFolder.check(PROGRAM)
    expect(policyFolder.isDrifted()).toBe(false)
  })

  test('stops what crosses while it is altered, when the operator wants that (MO-05)', async ({ db }) => {
    const app = await createTestApp(db, { policyFolder: { dir, locks: true } })
    const { policyFolder, policy } = app.services
    await policyFolder.check(PROGRAM)
    expect((await policy.decide(CROSS)).isAllowed).toBe(true)
    await alter()
    await policyFolder.check(PROGRAM)
    await expect(policy.decide(CROSS)).rejects.toMatchObject({ code: 'policy.mismatch' })
    const admin = { ...CROSS.principal, kind: 'human', roles: ['administrator'] } as const
    expect((await policy.decide({ principal: admin, action: 'readLedger' })).isAllowed).toBe(true)
  })

  test('that cannot be read counts as altered', async ({ db }) => {
    const app = await createTestApp(db, { policyFolder: { dir: join(dir, 'nowhere'), locks: true } })
    await app.services.policyFolder.check(PROGRAM)
    await expect(app.services.policy.decide(CROSS)).rejects.toMatchObject({ code: 'policy.mismatch' })
  })

  test('that brings another set is offered as a draft and does not decide', async ({ db }) => {
    await writeFile(join(dir, 'no-batches.cedar'), 'forbid(principal, action == Action::"submitBatch", resource);')
    const app = await createTestApp(db, { policyFolder: { dir } })
    const { policyFolder, policyDrafts, policy } = app.services
    const active = await policy.requireActive('default')
    await policyFolder.check(PROGRAM)
    const [draft] = await policyDrafts.list('default')
    expect(draft).toMatchObject({ origin: 'shipped', draftedBy: 'breakwater' })
    expect(draft?.testedAt).toBeDefined()
    expect([await policy.requireActive('default'), policyFolder.isDrifted()]).toEqual([active, false])
  })
})
