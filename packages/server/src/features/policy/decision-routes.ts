import { decisionInputSchema, ROUTES } from '@breakwater/contract'
import type { Keyring } from '@breakwater/kernel'
import type { EntryDraft } from '@breakwater/ledger'
import { Hono } from 'hono'
import { nameBasis } from '../../platform/audit/change.ts'
import { readBody } from '../../platform/http/body.ts'
import { readCaller } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { referToPatient } from '../../platform/patients/refer.ts'
import type { LegalBasisService } from '../legal-bases/index.ts'
import type { PolicyService } from './types.ts'

export interface DecisionRouteDeps {
  readonly policy: Pick<PolicyService, 'decide'>
  readonly legalBases: Pick<LegalBasisService, 'requireInForce'>
  readonly keyring: Keyring
  /** Durable when it resolves: nobody gets an answer that is not recorded. */
  readonly ledger: { append(draft: EntryDraft): Promise<{ readonly index: number }> }
}

const MAX_CODE_CHARS = 64

/**
 * For what holds data outside the gateway (records, training data, feature stores, inference logs): it asks, with the
 * credential of who wants something, before it hands anything out, and keeps to the obligations.
 */
export function decisionRoutes({ policy, legalBases, keyring, ledger }: DecisionRouteDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>().post(ROUTES.decide.path, async (c) => {
    const principal = readCaller(c)
    const { basis: id, patient, ...asked } = await readBody(c, decisionInputSchema)
    const { tenant } = principal
    const reference = patient === undefined ? undefined : referToPatient(keyring, tenant, patient)
    const scope = { tenant, principal: principal.id, purpose: asked.purpose, patient: reference }
    const basis = id === undefined ? undefined : await legalBases.requireInForce({ ...scope, id })
    const { dataClass, fields, labels, ...rest } = asked
    const decision = await policy.decide({
      principal,
      ...rest,
      ...(basis && { basis }),
      ...(dataClass && { dataClass }),
      ...(fields && { fields }),
      ...(labels && { labels }),
    })
    const { isAllowed, policies, obligations } = decision
    const { index } = await ledger.append({
      tenant,
      kind: 'data.decided',
      principal: principal.id,
      actor: { id: principal.id, assurance: 'verified' },
      purpose: asked.purpose,
      ...(basis && { basis: nameBasis(basis) }),
      patients: reference === undefined ? [] : [reference],
      policySet: decision.setSha256,
      endpoint: `${asked.action}/${asked.resource.kind}/${asked.resource.id}`,
      features: [
        `data-class:${decision.dataClass}`,
        ...policies.map((name) => `policy:${name}`.slice(0, MAX_CODE_CHARS)),
      ],
      counts: { fields: fields?.length ?? 0 },
      decision: isAllowed ? 'allow' : 'deny',
    })
    return c.json({
      decision: isAllowed ? 'allow' : 'deny',
      policySet: decision.setSha256,
      policies,
      dataClass: decision.dataClass,
      obligations,
      index,
    })
  })
}
