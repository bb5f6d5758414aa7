import type { PhiClass, Role } from '../types.ts'

/** A place of a text; UTF-16 units, end exclusive. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** What an annotator marked. */
export interface GoldSpan extends Place {
  /** As the corpus names it. */
  readonly label: string
  /** What it is here; `undefined` is neither hit nor miss, since the law lets it stay or it identifies nobody. */
  readonly class: PhiClass | undefined
  readonly role: Role | undefined
  /** More than one for a discontinuous span: what lies between them is not marked. */
  readonly parts: readonly Place[]
  /** Origin of a name. */
  readonly group?: string | undefined
  /** Id of the format of a date or an identifier. */
  readonly format?: string | undefined
}

/** A text with what an annotator marked. */
export interface GoldDocument {
  readonly id: string
  readonly text: string
  readonly spans: readonly GoldSpan[]
  /** Holds no identifier: a change of it is over-redaction. */
  readonly isNegative: boolean
  /** What kind of note it is. */
  readonly kind?: string | undefined
  readonly template?: string | undefined
  readonly group?: string | undefined
  readonly noise?: string | undefined
  /** Whether its dates and identifiers take formats that nothing was trained on. */
  readonly formats?: string | undefined
  readonly source?: string | undefined
}

/** A place as a reader found it in a file, not yet mapped. */
export interface RawSpan {
  readonly label: string
  readonly parts: readonly Place[]
  readonly role?: string | undefined
  readonly group?: string | undefined
  readonly format?: string | undefined
}
