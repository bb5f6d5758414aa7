import type { Role } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Caller } from '../../platform/http/env.ts'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { addPrincipal, loggedIn } from '../../testing/principals.ts'
import type { AccessWish } from './types.ts'

/** Each may ask and approve: the policies are no help here, the two-person rule alone must hold. */
const PEOPLE = ['ana', 'ben', 'cyd'] as const
type Person = (typeof PEOPLE)[number]
const BASE: Role = 'privacy-officer'
const WANTED: readonly Role[] = ['auditor', 'administrator', 'security-officer']

interface Step {
  readonly by: Person
  readonly what: 'request' | 'approve' | 'deny' | 'withdraw' | 'end' | 'wait'
  readonly beneficiary: Person
  readonly role: Role
  readonly kind: AccessWish['kind']
  /** Which of the requests or grants made so far. */
  readonly pick: number
}

const steps = (by: readonly Person[]): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      by: fc.constantFrom(...by),
      what: fc.constantFrom('request', 'request', 'approve', 'approve', 'deny', 'withdraw', 'end', 'wait'),
      beneficiary: fc.constantFrom(...PEOPLE),
      role: fc.constantFrom(...WANTED),
      kind: fc.constantFrom('just-in-time', 'exception'),
      pick: fc.nat({ max: 20 }),
    }),
    { minLength: 1, maxLength: 14 },
  )

/** Runs the steps as far as they are allowed; what is refused is refused with a code of ours. */
async function play(app: TestApp, all: readonly Step[]): Promise<void> {
  const { grants } = app.services.access
  for (const { by, what, beneficiary, role, kind, pick } of all) {
    const caller = loggedIn(app, by, { roles: [BASE] })
    const requests = await grants.listRequests('default')
    const given = await grants.listGrants('default')
    const request = requests[pick % Math.max(requests.length, 1)]?.id ?? ''
    const grant = given[pick % Math.max(given.length, 1)]?.id ?? ''
    const wish = { kind, beneficiary, roles: [role], purposes: [], seconds: 3_600, reason: 'on-call' } as const
    const acts: Readonly<Record<Step['what'], () => Promise<unknown>>> = {
      request: async () => grants.request(caller, { ...wish, justification: 'for the night shift' }),
      approve: async () => (request === '' ? undefined : grants.approve(caller, request)),
      deny: async () => (request === '' ? undefined : grants.deny(caller, request)),
      withdraw: async () => (request === '' ? undefined : grants.withdraw(caller, request)),
      end: async () => (grant === '' ? undefined : grants.end(caller, grant)),
      wait: async () => {
        app.clock.set(new Date(app.clock.now().getTime() + 600_000).toISOString())
        return app.services.access.sweep('default')
      },
    }
    await acts[what]().catch((thrown: unknown) => {
      if (!(thrown instanceof AppError) || thrown.status >= 500) throw thrown
    })
  }
}

async function rolesOf(app: TestApp, person: Person): Promise<readonly string[]> {
  const caller: Caller = loggedIn(app, person, { roles: [BASE] })
  return (await app.services.access.enrich(caller)).roles
}

async function setUp(db: Parameters<typeof createTestApp>[0], empty: () => Promise<void>): Promise<TestApp> {
  await empty()
  const app = await createTestApp(db)
  for (const person of PEOPLE) await addPrincipal(app, person, { roles: [BASE] })
  return app
}

test('no sequence of requests and answers lets one person alone give a role, to himself or another (AC-11)', async ({
  db,
  database,
}) => {
  await fc.assert(
    fc.asyncProperty(steps(['ana']), async (all) => {
      const app = await setUp(db, async () => database.empty())
      await play(app, all)
      for (const person of PEOPLE) expect(await rolesOf(app, person)).toEqual([BASE])
      expect(await app.services.access.grants.listGrants('default')).toEqual([])
    }),
    { numRuns: 12 },
  )
}, 60_000)

test('whatever several people do, each grant was asked for by one and approved by another who does not profit (AC-11)', async ({
  db,
  database,
}) => {
  let given = 0
  await fc.assert(
    fc.asyncProperty(steps(PEOPLE), async (all) => {
      const app = await setUp(db, async () => database.empty())
      await play(app, all)
      const requests = new Map(
        (await app.services.access.grants.listRequests('default')).map((request) => [request.id, request]),
      )
      const grants = await app.services.access.grants.listGrants('default')
      given += grants.length
      for (const grant of grants) {
        const request = requests.get(grant.request)
        expect(request).toMatchObject({ answer: 'approved', beneficiary: grant.principal, roles: grant.roles })
        expect([request?.requestedBy, grant.principal]).not.toContain(grant.givenBy)
      }
      for (const person of PEOPLE) {
        const now = app.clock.now()
        const held = grants.filter(
          ({ principal, endedAt, validFrom, validUntil }) =>
            principal === person && endedAt === undefined && validFrom <= now && now < validUntil,
        )
        const expected = new Set<string>([BASE, ...held.flatMap(({ roles }) => roles)])
        expect(new Set(await rolesOf(app, person))).toEqual(expected)
      }
      const entries = (await app.readLedger()).map(({ entry }) => entry)
      expect(entries.filter(({ kind }) => kind === 'grant.given')).toHaveLength(grants.length)
    }),
    { numRuns: 20, seed: 3 },
  )
  // Otherwise the property would have held of nothing.
  expect(given).toBeGreaterThan(2)
}, 60_000)
