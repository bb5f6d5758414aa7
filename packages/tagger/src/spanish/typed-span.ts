/** A span by its type in MEDDOCAN; offsets in the folded view. */
export interface TypedSpan {
  readonly start: number
  readonly end: number
  readonly type: string
  /** 1 - P(nothing): the highest of its words. */
  readonly score: number
  /** Not in the best reading of the line, but likelier than the lowest threshold. */
  readonly isUnlikely: boolean
}
