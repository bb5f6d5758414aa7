import { applyPlan, planSpans } from '../profiles/index.ts'
import type { DeidentifyOptions, PhiClass, PlannedSpan, ProfileName, Span } from '../types.ts'

/** One change of a release: where it stood in the original and what stands there now; UTF-16 units. */
export interface ReleasedChange {
  readonly from: { readonly start: number; readonly end: number }
  readonly to: { readonly start: number; readonly end: number }
  readonly class: PhiClass
  readonly operator: PlannedSpan['operator']
}

export interface ReleasedText {
  readonly text: string
  /** Sorted and apart, in both texts. */
  readonly changes: readonly ReleasedChange[]
  /** A place of the released text in the original; of what was written, its whole span. */
  toOriginal(place: { readonly start: number; readonly end: number }): { start: number; end: number }
}

/**
 * What a profile releases when a person, and not detection, says which spans there are: for the view of a reviewer.
 * `spans` sorted and apart. Throws RangeError on others, and `keys.unavailable` for a profile that makes tokens.
 */
export function releaseSpans(
  text: string,
  spans: readonly Span[],
  profile: ProfileName,
  options: DeidentifyOptions = {},
): ReleasedText {
  const planned = planSpans([text], [spans], profile, options)[0] ?? []
  const released = applyPlan(text, planned)
  const changes = planned.map(({ start, end, class: phiClass, operator }, index): ReleasedChange => {
    const to = released.written[index] ?? { start: 0, end: 0 }
    return { from: { start, end }, to: { start: to.start, end: to.end }, class: phiClass, operator }
  })
  const back = (at: number, edge: 'start' | 'end'): number => {
    let shift = 0
    for (const { from, to } of changes) {
      if (edge === 'start' ? at < to.start : at <= to.start) break
      if (edge === 'start' ? at < to.end : at <= to.end) return from[edge]
      shift = from.end - to.end
    }
    return at + shift
  }
  return {
    text: released.text,
    changes,
    toOriginal: ({ start, end }) => ({ start: back(start, 'start'), end: back(end, 'end') }),
  }
}
