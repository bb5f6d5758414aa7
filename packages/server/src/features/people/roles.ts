import type { GroupMapping, Purpose, Role } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'

export interface Granted {
  readonly roles: readonly Role[]
  readonly purposes: readonly Purpose[]
  readonly mayRestore: boolean
}

const NOTHING: Granted = { roles: [], purposes: [], mayRestore: false }

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

/** The same for who is not logging in: roles that must not meet in one person give none. */
export function grantedBy(groups: readonly string[], mappings: readonly GroupMapping[]): Granted {
  try {
    return mapGroups(groups, mappings)
  } catch (error) {
    if (error instanceof AppError && error.code === 'auth.no-role') return NOTHING
    throw error
  }
}

function requireSeparateDuties(roles: readonly Role[]): void {
  if (!roles.includes('key-administrator') || !roles.some((role) => DATA_ROLES.has(role))) return
  throw new AppError('auth.no-role', { message: 'the groups give key administration and data access to one person' })
}
