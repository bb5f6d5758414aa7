import type { GroupMapping, Purpose, Role } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'

export interface Granted {
  readonly roles: readonly Role[]
  readonly purposes: readonly Purpose[]
  readonly mayRestore: boolean
}

// Who can use keys must not be who can read data (separation of duties).
const DATA_ROLES: ReadonlySet<Role> = new Set(['application', 'clinician', 'billing-specialist', 'data-scientist'])

/**
 * What groups give; nothing without one that is mapped. Throws `auth.no-role` when they give roles that must not meet in one
 * person.
 */
export function mapGroups(groups: readonly string[], mappings: readonly GroupMapping[]): Granted {
  const held = new Set(groups)
  const granted = mappings.filter(({ group }) => held.has(group))
  const roles = [...new Set(granted.flatMap((mapping) => mapping.roles))].toSorted()
  requireSeparateDuties(roles)
  return {
    roles,
    purposes: [...new Set(granted.flatMap((mapping) => mapping.purposes))],
    mayRestore: granted.some((mapping) => mapping.mayRestore),
  }
}

function requireSeparateDuties(roles: readonly Role[]): void {
  if (!roles.includes('key-administrator') || !roles.some((role) => DATA_ROLES.has(role))) return
  throw new AppError('auth.no-role', { message: 'the groups give key administration and data access to one person' })
}
