import type { Environment, PolicyDraftRecord } from '@breakwater/contract'
import {
  policyCasesSchema,
  policyDraftInputSchema,
  policyDraftSchema,
  policyExplainInputSchema,
  ROUTES,
} from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { parseInput, readBody } from '../../platform/http/body.ts'
import { readCaller } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { PrincipalService } from '../principals/index.ts'
import type { PolicyDraft, PolicyDraftService, TestedDraft } from './drafts/types.ts'
import { explainDecision } from './explain.ts'
import { readPolicyFolder } from './folder.ts'
import type { PolicyService } from './types.ts'

export interface PolicyRouteDeps {
  readonly environment: Environment
  readonly policy: Pick<PolicyService, 'requireActive'>
  readonly policyDrafts: PolicyDraftService
  readonly principals: Pick<PrincipalService, 'list'>
}

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)
const casesBodySchema = z.strictObject({ cases: policyCasesSchema })
// A set with its cases is longer than other bodies of administration.
const MAX_BODY_BYTES = 4_194_304

export function policyRoutes({ environment, policy, policyDrafts, principals }: PolicyRouteDeps): Hono<ServerEnv> {
  const describe = async (tenant: string, draft: PolicyDraft): Promise<PolicyDraftRecord> =>
    toRecord(draft, await policy.requireActive(tenant))
  const describeTest = async (tenant: string, { draft, results }: TestedDraft): Promise<object> => ({
    draft: await describe(tenant, draft),
    results,
  })

  return new Hono<ServerEnv>()
    .get(ROUTES.getActivePolicySet.path, async (c) => {
      const { tenant } = readCaller(c)
      const sha256 = await policy.requireActive(tenant)
      return c.json({ sha256, ...(await policyDrafts.readSet(tenant, sha256)) })
    })
    .get(ROUTES.getPolicySet.path, async (c) => {
      const sha256 = readHash(c)
      return c.json({ sha256, ...(await policyDrafts.readSet(readCaller(c).tenant, sha256)) })
    })
    .post(ROUTES.explainPolicy.path, async (c) => {
      const { tenant } = readCaller(c)
      const input = { environment, ...(await readBody(c, policyExplainInputSchema)) }
      const principal = (await principals.list(tenant)).find(({ id }) => id === input.id)
      if (input.id !== undefined && !principal) {
        throw new AppError('resource.unknown', { message: 'no such principal', field: '/id' })
      }
      const sha256 = await policy.requireActive(tenant)
      return c.json(explainDecision(await policyDrafts.readSet(tenant, sha256), sha256, input, principal))
    })
    .get(ROUTES.listPolicyDrafts.path, async (c) => {
      const { tenant } = readCaller(c)
      const sha256 = await policy.requireActive(tenant)
      return c.json({ drafts: (await policyDrafts.list(tenant)).map((draft) => toRecord(draft, sha256)) })
    })
    .post(ROUTES.draftPolicySet.path, async (c) => {
      const caller = readCaller(c)
      const { schema, policies, cases } = await readBody(c, policyDraftInputSchema, MAX_BODY_BYTES)
      const set = {
        schema: schema ?? (await readPolicyFolder()).schema,
        policies: Object.fromEntries(policies.map(({ id, text }) => [id, text])),
      }
      return c.json(await describeTest(caller.tenant, await policyDrafts.draft(caller, set, cases)))
    })
    .post(ROUTES.testPolicyDraft.path, async (c) => {
      const caller = readCaller(c)
      const { cases } = await readBody(c, casesBodySchema, MAX_BODY_BYTES)
      return c.json(await describeTest(caller.tenant, await policyDrafts.test(caller, readHash(c), cases)))
    })
    .post(ROUTES.approvePolicyDraft.path, async (c) => {
      const caller = readCaller(c)
      return c.json(await describe(caller.tenant, await policyDrafts.approve(caller, readHash(c))))
    })
    .post(ROUTES.activatePolicyDraft.path, async (c) => {
      const caller = readCaller(c)
      return c.json(await describe(caller.tenant, await policyDrafts.activate(caller, readHash(c))))
    })
}

function readHash(c: Context<ServerEnv>): string {
  return parseInput(sha256Schema, c.req.param('sha256'))
}

function toRecord({ draftedAt, testedAt, approvedAt, ...draft }: PolicyDraft, active: string): PolicyDraftRecord {
  return policyDraftSchema.parse({
    ...draft,
    draftedAt: draftedAt.toISOString(),
    ...(testedAt && { testedAt: testedAt.toISOString() }),
    ...(approvedAt && { approvedAt: approvedAt.toISOString() }),
    isActive: draft.sha256 === active,
  })
}
