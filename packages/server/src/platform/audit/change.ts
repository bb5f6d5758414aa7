import type { EntryDraft, EntryKind } from '@breakwater/ledger'
import type { Db } from '../db/database.ts'

/** Who changes a record: a principal through the API, or the program itself at its first start. */
export interface Actor {
  readonly tenant: string
  readonly id: string
  /** On whose behalf, and how sure that is: a caller is its own, unless its token says otherwise (RFC 8693). */
  readonly actor?: { readonly id: string; readonly assurance: 'verified' | 'asserted' }
}

/** Who did what the program did by itself. */
export const PROGRAM = 'breakwater'

/** One change of state, as the ledger keeps it: ids and numbers, never a value of the record. */
export interface Change {
  readonly actor: Actor
  readonly kind: EntryKind
  /** The id of the provider, agreement, principal or tenant, or the hash of the policy set. */
  readonly object: string
  readonly version?: number
  /** What else is to be said of it, in codes. */
  readonly codes?: readonly string[]
  readonly counts?: Readonly<Record<string, number>>
  /** What of the object changed, by its id, e.g. the thumbprint of one of its keys. */
  readonly part?: string
  /** What else the entry tells: declared names, codes and numbers. */
  readonly facts?: Partial<Pick<EntryDraft, 'codes' | 'counts' | 'features' | 'principal' | 'provider'>>
  /** Whom it is about, when the object is something of a person's. */
  readonly principal?: string
  readonly decision?: 'allow' | 'deny'
}

/** The transaction of a change, for parts that only pass it on. */
export type Transaction = Db

/** Writes the change to the ledger in the transaction that makes it. Call it last: it takes the log's counter. */
export type RecordChange = (trx: Transaction, change: Change) => Promise<void>

export function toEntryDraft({ actor, kind, object, version, counts, part, facts, ...told }: Change): EntryDraft {
  const described = describeObject(kind, object, version)
  return {
    tenant: actor.tenant,
    kind,
    principal: actor.id,
    actor: actor.actor ?? { id: actor.id, assurance: 'verified' },
    decision: 'allow',
    ...described,
    ...told,
    ...(counts && { counts: { ...described.counts, ...counts } }),
    ...(part !== undefined && { endpoint: part }),
    ...facts,
  }
}

function describeObject(kind: EntryKind, object: string, version: number | undefined): Partial<EntryDraft> {
  if (kind.startsWith('agreement.') && version !== undefined) return { agreement: { id: object, version } }
  if (kind.startsWith('provider.')) return { provider: object, ...(version !== undefined && { counts: { version } }) }
  if (kind.startsWith('principal.') || kind.startsWith('token.') || kind.startsWith('service.')) {
    return { principal: object }
  }
  if (kind.startsWith('access-token-key.') || kind.startsWith('actor-issuer.') || kind.startsWith('batch.'))
    return { endpoint: object }
  if (kind.startsWith('kept.')) return { endpoint: object }
  if (kind.startsWith('line-')) return { endpoint: object }
  if (kind.startsWith('limit.') || kind.startsWith('minimum.'))
    return { endpoint: object, ...(version !== undefined && { counts: { version } }) }
  if (kind === 'sweep.detected') return { endpoint: object }
  if (kind === 'price.put') return { provider: object, ...(version !== undefined && { counts: { version } }) }
  if (kind.startsWith('policy.')) return { policySet: object }
  if (kind.startsWith('legal-basis.') && version !== undefined) return { basis: nameBasis({ id: object, version }) }
  if (OF_PEOPLE.test(kind)) return { endpoint: object, ...(version !== undefined && { counts: { version } }) }
  return {}
}

// Sessions, device codes, factors, links, identity providers and vendors' facts: what they are named by goes where a request's target would.
const OF_PEOPLE = /^(account|device|identity-provider|invite|passkey|scim|session|signin|totp|vendors)\./

/** A legal-basis record as the ledger names it. */
export function nameBasis({ id, version }: { readonly id: string; readonly version: number }): string {
  return `legal-basis/${id}/${version}`
}
