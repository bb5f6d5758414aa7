import { findDutiesConflict } from '@breakwater/contract'
import type { Caller } from '../../platform/http/env.ts'
import type { Grant } from './types.ts'

/** Whether the clock, and nothing else, says that it is in force. */
export function isCurrent({ validFrom, validUntil, endedAt }: Grant, now: Date): boolean {
  return validFrom <= now && now < validUntil && (endedAt === undefined || now < endedAt)
}

/** The caller with what these grants add. One that would bring duties together that stay apart adds nothing. */
export function addGrants(caller: Caller, grants: readonly Grant[]): Caller {
  let { roles, purposes } = caller
  for (const grant of grants) {
    const together = [...new Set([...roles, ...grant.roles])]
    if (findDutiesConflict(together)) continue
    roles = together
    purposes = [...new Set([...purposes, ...grant.purposes])]
  }
  return { ...caller, roles, purposes }
}
