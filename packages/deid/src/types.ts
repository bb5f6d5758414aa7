import type { Clock } from '@breakwater/kernel'
import type { LanguageTally } from './language/detect-language.ts'
import type { SiteLexicon } from './site/lexicon.ts'
import type { KnownPatient } from './known/patient.ts'

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

/** What a tagger says of a stretch of the text that it was given. */
export interface TaggedSpan {
  readonly start: number
  readonly end: number
  readonly class: PhiClass
  readonly role: Role
  /** 0 to 1: one minus the probability that it is nothing. */
  readonly score: number
  /** Below the tagger's own threshold: decides nothing alone, but is a second witness for what a list holds. */
  readonly isWeak?: boolean
  /** A weak one of so low a score that it is a witness only where the place of the word says name as well. */
  readonly isFaint?: boolean
}

/**
 * The port of the model-based tagger. It is given the folded view of the text (docs/deid.md) and answers in UTF-16
 * units of that. Pure and synchronous. One that throws, or answers outside the text, blocks the text.
 */
export interface Tagger {
  readonly id: string
  tag(text: string): readonly TaggedSpan[]
}

/** The stages of the cascade, in their order; the last makes spans of what all the others found. */
export type Stage = 'patterns' | 'lists' | 'site' | 'tagger' | 'known' | 'propagation'

/** The languages that the engine reads. */
export type Language = 'en' | 'es'

/** What the stages found in one text by itself, packed: places, classes, scores and rules; no value of the text. */
export type Findings = Uint8Array<ArrayBuffer>

/** A place in a view whose words confirm something: one word of a name, or an identifier. */
export interface Confirmation {
  readonly start: number
  readonly end: number
  /** Where the first word of it ends; an identifier may end inside of one. */
  readonly wordEnd: number
  readonly class: PhiClass
  readonly role: Role
}

/** What the parts of one document have confirmed: values, for as long as the document is at work. */
export interface Confirmed {
  /** Second hash and role of each name part, by its first hash. */
  readonly parts: Map<number, { readonly b: number; readonly role: Role }>
  /** Identifiers by the first hash of their first token. */
  readonly ids: Map<number, { readonly surface: string; readonly class: PhiClass; readonly role: Role }[]>
}

export interface DetectOptions {
  /** What the texts are written in; default `auto` where the engine has `languages`, else English. */
  readonly language?: Language | 'auto'
  /** Remove names and ids of clinicians as well (default true). */
  readonly includeClinicians?: boolean
  /** The people whose text it is, at most 8: their values are found in all their forms. Used for this call only. */
  readonly known?: readonly KnownPatient[]
  /**
   * From which score a candidate of any stage counts, by class; default 0.4. A lower one never covers less. For the
   * tagger's hits too, unless `taggerThresholds` says otherwise.
   */
  readonly thresholds?: Readonly<Partial<Record<PhiClass, number>>>
  /** From which score a tagger's hit counts by itself, by class; default: as the tagger says (`isWeak`). */
  readonly taggerThresholds?: Readonly<Partial<Record<PhiClass, number>>>
  /** The texts are stretches of one that has capitals: where a stretch has none, it was not typed without them. */
  readonly isCased?: boolean
  /**
   * What `examine` answered for each text, in their order and under these same options: the stages are not run again, only
   * what needs all texts together. Languages have been chosen by then.
   */
  readonly examined?: readonly Findings[]
  /**
   * What `join` answered for each text: nothing is looked for any more. Such spans have the role of their own text and
   * no `entityId`.
   */
  readonly joined?: readonly (readonly Span[])[]
}

/** What became of one candidate. */
export type Outcome =
  /** It gave the span its class. */
  | 'decided'
  /** It is part of a span whose class another one gave. */
  | 'joined'
  /** It proves too little to change a text. */
  | 'too-weak'
  /** The protect list says that it is a medical term or a measurement. */
  | 'vetoed'

/** One candidate of the cascade, without its value. Offsets are UTF-16 units of the original text. */
export interface Evidence {
  readonly start: number
  readonly end: number
  readonly class: PhiClass
  readonly role: Role
  readonly score: number
  readonly stage: Stage
  /** Id of the rule, list or model. */
  readonly source: string
  readonly outcome: Outcome
  /** Index in `spans` of the span that covers it. */
  readonly span?: number
}

/** Why a text came to its spans: every candidate and what became of it. Holds no value of the text. */
export interface Explanation {
  readonly spans: readonly Span[]
  readonly evidence: readonly Evidence[]
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
  /** The tagger that stood ready for Spanish texts. */
  readonly spanish?: string
  /** Calibrated thresholds, by class, where the shipped ones did not decide. */
  readonly thresholds?: Readonly<Partial<Record<PhiClass, number>>>
  /** What the site knows of itself was used. */
  readonly lexicon?: true
  /** In how many documents it was known whose text it is. */
  readonly known?: number
  readonly documents: number
  /** `CLASS/role/operator` to how many. */
  readonly counts: Readonly<Record<string, number>>
}

export interface Deidentified {
  readonly text: string
  /** Where `text` holds what the profile wrote: a later scan exempts by place, never by value. */
  readonly written: readonly { readonly start: number; readonly end: number }[]
  readonly spans: readonly PlannedSpan[]
  readonly manifest: Manifest
}

/** A text that is all of its document. */
export interface DetectedAlone {
  readonly examined: Findings
  readonly confirmed: Confirmed
  readonly joined: Span[]
}

/** The text engine: pure, synchronous, no state between calls. A stage that throws blocks the text. */
export interface TextEngine {
  detect(text: string, options?: DetectOptions): Span[]
  /** How `detect` comes to its spans: the candidates of every stage and what became of each; no values. */
  explain(text: string, options?: DetectOptions): Explanation
  /** The parts of one document (or conversation): names confirmed in one part are found in all. */
  detectAll(texts: readonly string[], options?: DetectOptions): Span[][]
  /**
   * What each part of a document is written in, as `detectAll` takes it. `tallies` are what `tallyLanguage` says of each,
   * for whoever remembers it. Throws `language.unsupported`.
   */
  readLanguages(texts: readonly string[], options?: DetectOptions, tallies?: readonly LanguageTally[]): Language[]
  /** The costly part of `detectAll` for one part of a document: may be done elsewhere, or remembered, for `examined`. */
  examine(text: string, language: Language, options?: DetectOptions): Findings
  /** `examine`, `confirm` and `join` of a text that is all of its document, in one reading of it. */
  examineAlone(text: string, language: Language, options?: DetectOptions): DetectedAlone
  /** What the parts of a document confirm together, by what `listConfirmations` says of each. */
  confirm(texts: readonly string[], confirmations: readonly (readonly Confirmation[])[]): Confirmed
  /** What one of them comes to beside that; may be done elsewhere, or remembered, for `joined`. */
  join(text: string, examined: Findings, confirmed: Confirmed, options?: DetectOptions): Span[]
  /** What a profile would change in the parts of one document; sorted, without overlaps. */
  plan(texts: readonly string[], profile: ProfileName, options?: DeidentifyOptions): PlannedSpan[][]
  deidentify(text: string, profile: ProfileName, options?: DeidentifyOptions): Deidentified
}

export interface TextEngineOptions {
  /** The packed dictionaries, packages/deid/data/gazetteer.bin: the engine does no I/O. */
  readonly gazetteer: Uint8Array
  readonly tagger?: Tagger
  /**
   * With this, what a text is written in is found out (`detectLanguage`): Spanish is read by `es`, and a text in Spanish
   * without it or in any other language is refused with `language.unsupported`. Too short to tell counts as English.
   */
  readonly languages?: { readonly es?: Tagger }
  /** What the site knows of itself: `readSiteLexicon`. */
  readonly lexicon?: SiteLexicon
  /** Calibrated ones; those of a call come before them. */
  readonly thresholds?: NonNullable<DetectOptions['thresholds']>
  /** Stages whose findings are left out, to measure what each adds. Never where a text goes out. */
  readonly without?: readonly Stage[]
  /** How long detection may take over the texts of one call; looked at between stages. Then the text is blocked. */
  readonly time?: { readonly clock: Clock; readonly milliseconds: number }
}
