import { isInForce } from './in-force.ts'
import type { Agreement, ListedAgreement } from './types.ts'

/** One an agreement: its newest version; of a draft also which version is active meanwhile. */
export function listNewest(current: readonly Agreement[], now: Date): readonly ListedAgreement[] {
  const newest = new Map<string, ListedAgreement>()
  for (const agreement of current) {
    const other = newest.get(agreement.id)
    const [first, second] = !other || agreement.version > other.version ? [agreement, other] : [other, agreement]
    const active = first.activatedAt === undefined && second?.activatedAt !== undefined ? second.version : undefined
    const state = describeState(first, now)
    newest.set(agreement.id, { ...first, state, ...(active !== undefined && { activeVersion: active }) })
  }
  return [...newest.values()]
}

function describeState(agreement: Agreement, now: Date): ListedAgreement['state'] {
  if (agreement.activatedAt === undefined) return 'draft'
  if (isInForce(agreement, now)) return 'in force'
  if (agreement.terminatedAt !== undefined) return 'terminated'
  return agreement.effectiveTo <= now ? 'expired' : 'not yet'
}
