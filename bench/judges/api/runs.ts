import type { Role } from '@breakwater/contract'
import { ROLES } from '@breakwater/contract'
import { APART } from './exemptions.ts'
import type { JudgedRoute } from './prepare.ts'

/** One call of schemathesis: with whose credential, and which routes. */
export interface Run {
  readonly name: string
  /** Undefined: without a credential. */
  readonly role?: Role
  readonly only?: JudgedRoute
  readonly without?: readonly JudgedRoute[]
}

/** What crosses comes first: others may freeze everything. */
export const RUNS: readonly Run[] = [
  { name: 'application', role: 'application' },
  { name: 'nobody' },
  ...ROLES.filter((role) => role !== 'application').map((role) => ({ name: role, role, without: APART })),
  ...APART.map((only) => ({ name: `administrator: ${only}`, role: 'administrator', only }) as const),
  { name: 'clinician: closeBreakGlass', role: 'clinician', only: 'closeBreakGlass' },
]
