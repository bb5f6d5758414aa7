/** What a transformed text may be called. A reversible token is `pseudonymised`, never de-identified: 45 CFR 164.514. */
export type LegalState = 'safe-harbor-transformed' | 'pseudonymised'

/** Classes of identifiers, by the letters of 45 CFR 164.514(b)(2)(i): see the taxonomy in docs/deid.md. */
export type PhiClass =
  | 'NAME'
  | 'INITIALS'
  | 'STREET'
  | 'CITY'
  | 'COUNTY'
  | 'STATE'
  | 'COUNTRY'
  | 'ZIP'
  | 'GEO'
  | 'FACILITY'
  | 'DATE'
  | 'TIME'
  | 'DATE_PART'
  | 'YEAR'
  | 'AGE'
  | 'PHONE'
  | 'FAX'
  | 'EMAIL'
  | 'SSN'
  | 'MRN'
  | 'PLAN_ID'
  | 'ACCOUNT'
  | 'LICENCE'
  | 'VEHICLE'
  | 'DEVICE'
  | 'URL'
  | 'IP'
  | 'BIOMETRIC'
  | 'PHOTO'
  | 'OTHER_ID'
  | 'USERNAME'
  | 'CHARACTERISTIC'
  | 'EMPLOYER'

/** Whose identifier it is. The law covers relatives, employers and household members; `unknown` counts as patient. */
export type Role = 'patient' | 'relative' | 'household' | 'employer' | 'clinician' | 'other' | 'unknown'

/** A detected identifier. Offsets are UTF-16 units of the original text, end exclusive; spans of a text never overlap. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly class: PhiClass
  readonly role: Role
  /** 0 to 1. */
  readonly score: number
  /** Ids of the rules and lists that found it; never a value. */
  readonly sources: readonly string[]
  /** Spans of one document that name the same person or thing share it. */
  readonly entityId?: string
}

export type Operator = 'remove' | 'generalise' | 'token' | 'keep'

/** A span that a profile decided to change. */
export interface PlannedSpan extends Span {
  readonly operator: Exclude<Operator, 'keep'>
  /** What stands in its place, except under `token`, where the caller makes it. */
  readonly replacement?: string
}

export type ProfileName = 'safe-harbor' | 'gateway'

/** The port of the model-based tagger (a later package). A tagger that throws blocks the text. */
export interface Tagger {
  readonly id: string
  tag(text: string): readonly Span[]
}

export interface DetectOptions {
  /** Remove names and ids of clinicians as well (default true). */
  readonly includeClinicians?: boolean
}

export interface DeidentifyOptions extends DetectOptions {
  /** Makes the token of one name part or identifier; required by profiles that use `token`. */
  readonly token?: (phiClass: PhiClass, surface: string) => string
  /** The year in which the text is released, for ages implied by years; default: the last year in the text. */
  readonly releaseYear?: number
}

/** What was done, without a value: rule set, tables, counts. */
export interface Manifest {
  readonly engine: { readonly name: string; readonly version: string; readonly ruleSet: string }
  readonly profile: { readonly name: ProfileName; readonly version: number; readonly sha256: string }
  readonly label: LegalState
  readonly tables: readonly { readonly id: string; readonly vintage: string; readonly sha256: string }[]
  readonly tagger: string | null
  readonly documents: number
  /** `CLASS/role/operator` to how many. */
  readonly counts: Readonly<Record<string, number>>
}

export interface Deidentified {
  readonly text: string
  readonly spans: readonly PlannedSpan[]
  readonly manifest: Manifest
}

/** The text engine: pure, synchronous, no state between calls. A stage that throws blocks the text. */
export interface TextEngine {
  detect(text: string, options?: DetectOptions): Span[]
  /** The parts of one document (or conversation): names confirmed in one part are found in all. */
  detectAll(texts: readonly string[], options?: DetectOptions): Span[][]
  /** What a profile would change in the parts of one document; sorted, without overlaps. */
  plan(texts: readonly string[], profile: ProfileName, options?: DeidentifyOptions): PlannedSpan[][]
  deidentify(text: string, profile: ProfileName, options?: DeidentifyOptions): Deidentified
}

export interface TextEngineOptions {
  /** The packed dictionaries, packages/deid/data/gazetteer.bin: the engine does no I/O. */
  readonly gazetteer: Uint8Array
  readonly tagger?: Tagger
}
