import type { PhiClass } from '../types.ts'

/** The letter of 45 CFR 164.514(b)(2)(i) under which a class stands; employers stand in its first sentence. */
const LETTERS: Readonly<Record<string, readonly PhiClass[]>> = {
  A: ['NAME', 'INITIALS'],
  B: ['STREET', 'CITY', 'COUNTY', 'STATE', 'COUNTRY', 'ZIP', 'GEO', 'FACILITY'],
  C: ['DATE', 'TIME', 'DATE_PART', 'YEAR', 'AGE'],
  D: ['PHONE'],
  E: ['FAX'],
  F: ['EMAIL'],
  G: ['SSN'],
  H: ['MRN'],
  I: ['PLAN_ID'],
  J: ['ACCOUNT'],
  K: ['LICENCE'],
  L: ['VEHICLE'],
  M: ['DEVICE'],
  N: ['URL'],
  O: ['IP'],
  P: ['BIOMETRIC'],
  Q: ['PHOTO'],
  R: ['OTHER_ID', 'USERNAME', 'CHARACTERISTIC'],
}

const BY_CLASS: ReadonlyMap<string, string> = new Map(
  Object.entries(LETTERS).flatMap(([letter, classes]) => classes.map((one): [string, string] => [one, letter])),
)

/** The letter of a class; `-` for an employer. */
export function letterOf(phiClass: PhiClass): string {
  return BY_CLASS.get(phiClass) ?? '-'
}
