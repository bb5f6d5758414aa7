import type { Agreement } from './types.ts'

// Longer than any real chain, so that one that bites its tail ends.
const MAX_LINKS = 8

/** Whether it was activated, has begun, has not ended and was not terminated. */
export function isInForce(agreement: Agreement, now: Date): boolean {
  const { activatedAt, effectiveFrom, effectiveTo, terminatedAt } = agreement
  if (activatedAt === undefined) return false
  return effectiveFrom <= now && now < effectiveTo && (terminatedAt === undefined || now < terminatedAt)
}

/** Whether every agreement that it rests on is in force at this second, and those that they rest on (164.308(b)(2)). */
export function isChainInForce(
  agreement: Agreement,
  active: ReadonlyMap<string, Agreement>,
  now: Date,
  depth = 0,
): boolean {
  if (agreement.chain.length === 0) return true
  if (depth >= MAX_LINKS) return false
  return agreement.chain.every((id) => {
    const link = active.get(id)
    if (link?.kind !== 'subcontractor' || !isInForce(link, now)) return false
    return isChainInForce(link, active, now, depth + 1)
  })
}
