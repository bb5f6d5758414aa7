import type { PhiClass, Role } from '@breakwater/deid'

/** What the models tell apart, in the order of their outputs, and the classes each stands for; the first is what a span gets. */
const GROUPS: Readonly<Record<string, readonly [PhiClass, ...PhiClass[]]>> = {
  NAME: ['NAME'],
  INITIALS: ['INITIALS'],
  STREET: ['STREET'],
  CITY: ['CITY'],
  FACILITY: ['FACILITY'],
  EMPLOYER: ['EMPLOYER'],
  GEO: ['GEO', 'COUNTY'],
  ZIP: ['ZIP'],
  DATE: ['DATE', 'TIME', 'DATE_PART'],
  AGE: ['AGE'],
  PHONE: ['PHONE', 'FAX'],
  EMAIL: ['EMAIL'],
  SSN: ['SSN'],
  MRN: ['MRN'],
  PLAN_ID: ['PLAN_ID'],
  ACCOUNT: ['ACCOUNT'],
  LICENCE: ['LICENCE'],
  VEHICLE: ['VEHICLE'],
  DEVICE: ['DEVICE'],
  URL: ['URL', 'IP'],
  OTHER_ID: ['OTHER_ID', 'USERNAME', 'BIOMETRIC', 'PHOTO'],
  // Kept by law, learned so that cities and dates are not confused with them.
  REGION: ['STATE', 'COUNTRY'],
  YEAR: ['YEAR'],
}

export const TAG_GROUPS: readonly string[] = Object.keys(GROUPS)

/** O, then B and I of each group: the index is what models and arrays hold. */
export const TAGS: readonly string[] = ['O', ...TAG_GROUPS.flatMap((group) => [`B-${group}`, `I-${group}`])]

/** Outputs of the role head, which is asked about names only. */
export const NAME_ROLES: readonly Role[] = ['patient', 'relative', 'clinician', 'other']

/** Of a word without a role. */
export const NO_ROLE = 255

const GROUP_INDEX: ReadonlyMap<string, number> = new Map(
  Object.values(GROUPS).flatMap((classes, i) => classes.map((phiClass) => [phiClass, i] as const)),
)

/** The group of a class; undefined for what no model learns (CHARACTERISTIC). */
export function groupIndexOf(phiClass: string): number | undefined {
  return GROUP_INDEX.get(phiClass)
}

/** The class that a span of a group gets. */
export function classOf(group: number): PhiClass {
  return Object.values(GROUPS)[group]?.[0] ?? 'OTHER_ID'
}
