import type { LedgerService } from './features/ledger/index.ts'
import type { Refusal } from './features/policy/index.ts'

/** What the guard refused to somebody known, in the ledger of the tenant. */
export async function recordRefusal(
  ledger: LedgerService,
  { principal, action, code, setSha256 }: Refusal,
): Promise<void> {
  await ledger.append({
    tenant: principal.tenant,
    kind: 'administration.refused',
    principal: principal.id,
    // A service that acts for somebody: who that is, and as sure as it is.
    actor: principal.actor ?? { id: principal.id, assurance: 'verified' },
    endpoint: action,
    ...(setSha256 !== undefined && { policySet: setSha256 }),
    decision: 'deny',
    codes: [code],
  })
}
