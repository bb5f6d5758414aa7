import { UNKNOWN } from './verify/entry.ts'
import type { EntryKind, LedgerEntry } from './verify/entry.ts'

/** What a caller says about an event; what it leaves out is recorded as unknown, or as nothing counted. */
export type EntryDraft = Partial<Omit<LedgerEntry, 'v' | 'time' | 'tenant' | 'kind'>> & {
  readonly tenant: string
  readonly kind: EntryKind
}

const NOBODY: LedgerEntry['actor'] = { id: UNKNOWN, assurance: UNKNOWN }
const NONE: readonly string[] = []

/** The whole entry: each field that the draft does not know says so. */
export function completeEntry(draft: EntryDraft, time: LedgerEntry['time']): LedgerEntry {
  const { crossing } = draft
  // Member by member: laying one object over another costs more than all else about an entry.
  const entry: LedgerEntry = {
    v: 1,
    tenant: draft.tenant,
    time,
    kind: draft.kind,
    principal: draft.principal ?? UNKNOWN,
    actor: draft.actor ?? NOBODY,
    patients: draft.patients ?? NONE,
    purpose: draft.purpose ?? UNKNOWN,
    basis: draft.basis ?? UNKNOWN,
    agreement: draft.agreement ?? UNKNOWN,
    policySet: draft.policySet ?? UNKNOWN,
    keyVersion: draft.keyVersion ?? UNKNOWN,
    provider: draft.provider ?? UNKNOWN,
    endpoint: draft.endpoint ?? UNKNOWN,
    model: draft.model ?? UNKNOWN,
    features: draft.features ?? NONE,
    counts: draft.counts ?? {},
    decision: draft.decision ?? UNKNOWN,
    codes: draft.codes ?? NONE,
  }
  return crossing === undefined ? entry : { ...entry, crossing }
}
