import { describe, expect } from 'vitest'
import type { Caller } from '../../../platform/http/env.ts'
import type { PolicyServices } from '../../../policy-services.ts'
import { createPolicyServices } from '../../../policy-services.ts'
import { toEntryDraft } from '../../../platform/audit/change.ts'
import type { TestApp } from '../../../testing/app.ts'
import { createTestApp } from '../../../testing/app.ts'
import { test } from '../../../testing/database.ts'
import { readPolicyCases, readPolicyFolder } from '../folder.ts'

const shipped = await readPolicyFolder()
const cases = await readPolicyCases()
const NIGHT = 'forbid(principal, action == Action::"cross", resource) when { context.labels.contains("night") };'
const set = { ...shipped, policies: { ...shipped.policies, 'no-night': NIGHT } }
const ADMIN = { tenant: 'default', id: 'admin' }
const OFFICER: Caller = {
  tenant: 'default',
  id: 'officer',
  kind: 'human',
  roles: ['security-officer'],
  purposes: [],
  mayRestore: false,
}
const APP = { tenant: 'default', id: 'app', kind: 'service', roles: ['application'], purposes: ['TREAT'] } as const
const AT_NIGHT = {
  principal: { ...APP, mayRestore: false },
  action: 'cross',
  purpose: 'TREAT',
  labels: ['night'],
} as const

/** The same policies as the app's, in a tenant where there is always somebody else, or never. */
async function start(
  db: Parameters<typeof createTestApp>[0],
  { isAlone = false } = {},
): Promise<PolicyServices & { readonly app: TestApp }> {
  const app = await createTestApp(db)
  const services = createPolicyServices({
    db,
    clock: app.clock,
    log: () => undefined,
    recordChange: async (trx, change) => {
      await app.services.ledger.appendIn(trx, toEntryDraft(change))
    },
    environment: 'development',
    folder: {},
    isSingleControl: async () => isAlone,
  })
  return { ...services, app }
}

async function kindsOf(app: TestApp): Promise<unknown[]> {
  const rows = await app.readLedger()
  return rows.filter(({ entry }) => entry.kind.startsWith('policy.')).map(({ entry }) => entry.kind)
}

describe('a policy set on its way', () => {
  test('is drafted, tested, approved by somebody else and then decides', async ({ db }) => {
    const { app, policyDrafts, policy } = await start(db)
    const { draft } = await policyDrafts.draft(ADMIN, set, cases)
    expect(draft).toMatchObject({ draftedBy: 'admin', casesPassed: cases.length })
    expect((await policy.decide(AT_NIGHT)).isAllowed).toBe(true)
    expect(await policyDrafts.approve(OFFICER, draft.sha256)).toMatchObject({ approvedBy: 'officer' })
    await policyDrafts.activate(ADMIN, draft.sha256)
    expect(await policy.decide(AT_NIGHT)).toMatchObject({ isAllowed: false, policies: ['no-night'] })
    expect((await kindsOf(app)).slice(1)).toEqual([
      'policy.drafted',
      'policy.tested',
      'policy.approved',
      'policy.activated',
    ])
  })

  test('is not approved by who drafted it, nor by a service', async ({ db }) => {
    const { policyDrafts } = await start(db)
    const { draft } = await policyDrafts.draft(OFFICER, set, cases)
    const refused = expect.objectContaining({ code: 'access.not-second-person' })
    await expect(policyDrafts.approve(OFFICER, draft.sha256)).rejects.toEqual(refused)
    await expect(policyDrafts.approve({ ...OFFICER, id: 'robot', kind: 'service' }, draft.sha256)).rejects.toEqual(
      refused,
    )
  })

  test('says single control when there is nobody else yet', async ({ db }) => {
    const { policyDrafts } = await start(db, { isAlone: true })
    const { draft } = await policyDrafts.draft(OFFICER, set, cases)
    expect(await policyDrafts.approve(OFFICER, draft.sha256)).toMatchObject({ isSingleControl: true })
  })

  test('is not approved before its cases pass, nor activated before it is approved', async ({ db }) => {
    const { policyDrafts } = await start(db)
    const wrong = cases.map((row) => ({ ...row, expect: row.expect === 'allow' ? ('deny' as const) : row.expect }))
    const { draft, results } = await policyDrafts.draft(ADMIN, set, wrong)
    expect(results.filter(({ isPassed }) => !isPassed).length).toBe(
      cases.filter((row) => row.expect === 'allow').length,
    )
    const conflict = expect.objectContaining({ code: 'resource.conflict' })
    await expect(policyDrafts.approve(OFFICER, draft.sha256)).rejects.toEqual(conflict)
    await policyDrafts.test(ADMIN, draft.sha256, cases)
    await expect(policyDrafts.activate(ADMIN, draft.sha256)).rejects.toEqual(conflict)
  })

  test('does not count as tested by cases that are all refusals', async ({ db }) => {
    const { policyDrafts } = await start(db)
    const denials = cases.filter((row) => row.expect === 'deny')
    expect((await policyDrafts.draft(ADMIN, set, denials)).draft.testedAt).toBeUndefined()
  })
})

describe('over HTTP', () => {
  const policies = Object.entries(set.policies).map(([id, text]) => ({ id, text }))

  test('it is drafted, listed, read; approval wants a person who just showed two factors', async ({ db }) => {
    const app = await createTestApp(db)
    const { admin } = app.tokens
    const drafted = await app.call(admin, 'POST', '/api/v1/policy/drafts', { policies, cases })
    expect(drafted.status).toBe(200)
    const { draft } = (await drafted.json()) as { draft: { sha256: string } }
    const listed = await app.call(admin, 'GET', '/api/v1/policy/drafts')
    expect(await listed.json()).toMatchObject({ drafts: [{ sha256: draft.sha256, isActive: false }] })
    const read = await app.call(admin, 'GET', `/api/v1/policy/sets/${draft.sha256}`)
    expect(await read.json()).toMatchObject({ policies: { 'no-night': NIGHT } })
    for (const step of ['approve', 'activate']) {
      const refused = await app.call(admin, 'POST', `/api/v1/policy/drafts/${draft.sha256}/${step}`)
      expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining('auth.step-up-required')])
    }
  })

  test('a set that does not hold is refused by the name of its policy', async ({ db }) => {
    const app = await createTestApp(db)
    const odd = [{ id: 'odd', text: 'permit(principal, action, resource) when { principal.age };' }]
    const answer = await app.call(app.tokens.admin, 'POST', '/api/v1/policy/drafts', { policies: odd, cases })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('odd')])
  })

  test('explain refuses a resource that the action does not apply to and data without a purpose, by name of the field', async ({
    db,
  }) => {
    const app = await createTestApp(db)
    const body = { principal: { roles: ['application'] }, action: 'readLedger', resource: 'endpoint' }
    const answer = await app.call(app.tokens.admin, 'POST', '/api/v1/policy/explain', body)
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ type: '/errors/body.invalid', field: '/resource' }),
    ])
    const aimless = { principal: { roles: ['application'] }, action: 'cross' }
    const refused = await app.call(app.tokens.admin, 'POST', '/api/v1/policy/explain', aimless)
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('"field":"/purpose"')])
  })

  test('explain names what decided, and what was missing in the permissions that were near', async ({ db }) => {
    const app = await createTestApp(db)
    const ask = async (body: object): Promise<unknown> =>
      (await app.call(app.tokens.admin, 'POST', '/api/v1/policy/explain', body)).json()
    expect(await ask({ id: 'app', action: 'cross', purpose: 'TREAT' })).toMatchObject({
      isAllowed: true,
      policies: ['application-crosses'],
      nearMisses: [],
    })
    expect(await ask({ principal: { roles: ['clinician'] }, action: 'cross', purpose: 'HPAYMT' })).toMatchObject({
      isAllowed: false,
      policies: ['default-deny'],
      nearMisses: [
        { policy: 'clinician-crosses', missing: ['context.purpose == "TREAT"'] },
        {
          policy: 'clinician-crosses-in-an-emergency',
          missing: ['context.purpose == "ETREAT"', 'context.isBreakGlass'],
        },
      ],
    })
    expect(await ask({ id: 'app', action: 'cross', purpose: 'TREAT', dataClass: 'phi' })).toMatchObject({
      isAllowed: false,
      policies: ['no-phi-outside-production'],
    })
  })
})
