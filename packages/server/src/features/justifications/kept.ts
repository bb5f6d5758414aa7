import type { ColumnType } from 'kysely'
import type { KeptText } from './types.ts'

/** The two columns of a row, one of which is empty. */
export interface JustificationColumns {
  readonly justification: string | null
  readonly sealed_justification: Buffer | null
}

/** The column of before: still read, never written (migration 0014 takes the right away). */
export type PlainColumn = ColumnType<string | null, undefined, never>

export function readKept({ justification, sealed_justification: sealed }: JustificationColumns): KeptText {
  return sealed === null ? { plain: justification ?? '' } : { sealed }
}

/** What is written for a new row: one that was never sealed is refused by the database. */
export function writeKept(kept: KeptText): Pick<JustificationColumns, 'sealed_justification'> {
  return { sealed_justification: 'sealed' in kept ? kept.sealed : null }
}
