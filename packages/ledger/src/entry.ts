import { UNKNOWN } from './verify/entry.ts'
import type { EntryKind, LedgerEntry } from './verify/entry.ts'

/** What a caller says about an event; what it leaves out is recorded as unknown, or as nothing counted. */
export type EntryDraft = Partial<Omit<LedgerEntry, 'v' | 'time' | 'tenant' | 'kind'>> & {
  readonly tenant: string
  readonly kind: EntryKind
}

/** The whole entry: each field that the draft does not know says so. */
export function completeEntry(draft: EntryDraft, time: LedgerEntry['time']): LedgerEntry {
  return {
    v: 1,
    principal: UNKNOWN,
    actor: { id: UNKNOWN, assurance: UNKNOWN },
    patients: [],
    purpose: UNKNOWN,
    basis: UNKNOWN,
    agreement: UNKNOWN,
    policySet: UNKNOWN,
    keyVersion: UNKNOWN,
    provider: UNKNOWN,
    endpoint: UNKNOWN,
    model: UNKNOWN,
    features: [],
    counts: {},
    decision: UNKNOWN,
    codes: [],
    ...draft,
    time,
  }
}
