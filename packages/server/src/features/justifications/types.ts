/** Where reasons in free text are kept, each in the column `sealed_justification` of its row. */
export type JustificationTable = 'access_requests' | 'break_glass' | 'exceptions'

/** As it lies in its row: sealed, or plain where a version of before wrote it and the worker has not come to it yet. */
export type KeptText = { readonly sealed: Buffer } | { readonly plain: string }

/** A record whose justification nobody has opened. */
export type Kept<Row> = Omit<Row, 'justification'> & { readonly justification: KeptText }

interface Named {
  readonly tenant: string
  readonly id: string
}

/** Why somebody wants or did something, in their own words: checked, sealed for the row it lies in, opened for who may read it. */
export interface Justifications {
  /** Refuses what looks like an identifier. Throws `body.text-identifies`, `detector.unavailable`. */
  check(text: string): Promise<void>
  /** Seals for one row what was checked. Throws what the key service throws. */
  seal(table: JustificationTable, row: Named, text: string): Promise<KeptText>
  /** The text of one row. Throws `keys.corrupt` when it was altered or moved, and what the key service throws. */
  open(table: JustificationTable, row: Kept<Named & { readonly justification: string }>): Promise<string>
  /** The rows with their texts. Throws as `open`: a list that left one out would look complete. */
  openAll<Row extends Named & { readonly justification: KeptText }>(
    table: JustificationTable,
    rows: readonly Row[],
  ): Promise<(Omit<Row, 'justification'> & { readonly justification: string })[]>
  /** Seals what versions of before wrote in the clear. Safe on several replicas at once. Gives how many rows that were. */
  sealOld(tenant: string): Promise<number>
}
