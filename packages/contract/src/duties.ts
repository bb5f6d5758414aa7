import type { Role } from './roles.ts'

/**
 * Roles that never meet in one principal: who manages keys neither reads what they protect nor decides who may
 * (45 CFR 164.308(a)(3)(i), 164.312(a)(2)(iv)).
 */
export const DUTIES_APART: readonly (readonly [Role, readonly Role[]])[] = [
  ['key-administrator', ['administrator', 'application', 'clinician', 'billing-specialist', 'data-scientist']],
]

/** The first two roles that must not meet; undefined when the duties are apart. */
export function findDutiesConflict(roles: readonly string[]): readonly [Role, Role] | undefined {
  for (const [one, others] of DUTIES_APART) {
    const other = roles.includes(one) ? others.find((role) => roles.includes(role)) : undefined
    if (other !== undefined) return [one, other]
  }
  return undefined
}
