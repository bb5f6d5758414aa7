import type { Role } from '@breakwater/contract'

const HOUR_SECONDS = 3_600
const DAY_SECONDS = 24 * HOUR_SECONDS

/** Longest that a role is given just in time. What needs longer is an exception, with its row in the risk register. */
const MAX_SECONDS_BY_ROLE: Readonly<Record<Role, number>> = {
  application: 8 * HOUR_SECONDS,
  clinician: 12 * HOUR_SECONDS,
  'billing-specialist': 8 * HOUR_SECONDS,
  'data-scientist': 8 * HOUR_SECONDS,
  administrator: 4 * HOUR_SECONDS,
  'security-officer': 8 * HOUR_SECONDS,
  'privacy-officer': 8 * HOUR_SECONDS,
  'key-administrator': HOUR_SECONDS,
  auditor: 7 * DAY_SECONDS,
}

/** The same of a purpose of use. */
const MAX_SECONDS_OF_PURPOSE = 12 * HOUR_SECONDS

/** How long a request waits for its answer. */
export const WAIT_SECONDS = { 'just-in-time': DAY_SECONDS, exception: 7 * DAY_SECONDS } as const

/** How far ahead access may be arranged. */
export const MAX_AHEAD_SECONDS = 30 * DAY_SECONDS

/** The shortest of the limits that apply. */
export function findMaxSeconds(roles: readonly Role[], purposes: readonly string[]): number {
  const limits = roles.map((role) => MAX_SECONDS_BY_ROLE[role])
  return Math.min(...limits, ...(purposes.length > 0 ? [MAX_SECONDS_OF_PURPOSE] : []))
}
