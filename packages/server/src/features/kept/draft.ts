import type { EntryDraft, EntryKind } from '@breakwater/ledger'
import type { Actor } from '../../platform/audit/change.ts'
import { toEntryDraft } from '../../platform/audit/change.ts'

interface About {
  readonly crossing?: string
  readonly patients?: readonly string[]
  readonly purpose?: string
  readonly counts?: Readonly<Record<string, number>>
  readonly codes?: readonly string[]
  readonly decision?: 'allow' | 'deny'
}

/** The entry of something that happened to what is kept; `object` is its kind or the name of a set. */
export function draftKept(actor: Actor, kind: EntryKind, object: string, about: About = {}): EntryDraft {
  return { ...toEntryDraft({ actor, kind, object }), ...about }
}
