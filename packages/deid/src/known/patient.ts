/** A person's name in its parts. */
export interface KnownName {
  readonly given: readonly string[]
  readonly family: string
}

export interface KnownAddress {
  /** Street lines: number, street, unit; a post box. */
  readonly lines: readonly string[]
  readonly city?: string
  readonly county?: string
  readonly postalCode?: string
}

/** Classes that an identifier of a patient may have. */
export type IdentifierClass =
  | 'SSN'
  | 'MRN'
  | 'PLAN_ID'
  | 'ACCOUNT'
  | 'LICENCE'
  | 'VEHICLE'
  | 'DEVICE'
  | 'USERNAME'
  | 'OTHER_ID'

export interface KnownIdentifier {
  readonly value: string
  readonly class: IdentifierClass
}

/**
 * What a caller knows of the person whose text it is. Used for one call only: it is in no span, evidence, manifest or
 * error. Made by `readKnownPatient`.
 */
export interface KnownPatient {
  readonly names: readonly KnownName[]
  /** Names of relatives and contacts. */
  readonly relatives: readonly KnownName[]
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  readonly dates: readonly string[]
  readonly addresses: readonly KnownAddress[]
  readonly phones: readonly string[]
  readonly emails: readonly string[]
  readonly identifiers: readonly KnownIdentifier[]
}

/** Bounds of what a patient may bring: a text is searched for every form of every value. */
export const KNOWN_LIMITS = {
  patients: 8,
  names: 20,
  givenNames: 10,
  addresses: 20,
  lines: 6,
  contactPoints: 40,
  identifiers: 60,
  dates: 4,
  /** UTF-16 units of one value. */
  valueLength: 200,
} as const
