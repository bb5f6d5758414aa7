import { createHash } from 'node:crypto'
import type { Agreement } from './types.ts'

/** Days before its end that an agreement is warned of; 0 is the end itself. */
const WARNED_DAYS = [0, 7, 30, 60] as const
const DAY_MS = 86_400_000
// What ended long ago is no news to whoever comes to an old database.
const NEWS_DAYS = 30

/** Agreements that end soon or have just ended, each with the nearest warning that is due: what is nearer says more. */
export function listEnding(
  current: readonly Agreement[],
  now: Date,
): readonly { readonly agreement: Agreement; readonly days: number }[] {
  return current.flatMap((agreement) => {
    if (agreement.activatedAt === undefined || agreement.terminatedAt !== undefined) return []
    const leftMs = agreement.effectiveTo.getTime() - now.getTime()
    if (leftMs < -NEWS_DAYS * DAY_MS) return []
    const days = WARNED_DAYS.find((each) => leftMs <= each * DAY_MS)
    return days === undefined ? [] : [{ agreement, days }]
  })
}

/** The same for the same warning, so that it is raised once: a UUID of version 8 (RFC 9562 5.8). */
export function nameWarning({ id, version, days }: { id: string; version: number; days: number }): string {
  const bytes = createHash('sha256').update(`agreement/${id}/${version}/${days}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
