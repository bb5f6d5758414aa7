import { toOriginal, type View } from '@breakwater/deid'
import { groupIndexOf, NAME_ROLES, NO_ROLE, type Words } from '@breakwater/tagger'

/** A line of a labelled corpus; `unknown` marks what its authors did not annotate. Offsets in UTF-16 units. */
export interface LabelledLine {
  readonly text: string
  readonly spans: readonly {
    readonly start: number
    readonly end: number
    readonly class: string
    readonly role?: string
  }[]
  readonly unknown?: readonly { readonly start: number; readonly end: number }[]
}

export interface WordLabels {
  /** Indices into `TAGS`. */
  readonly tags: Uint8Array
  /** Indices into `NAME_ROLES`, or `NO_ROLE`. */
  readonly roles: Uint8Array
  /** 0 where the loss must not look. */
  readonly known: Uint8Array
}

const ROLES: ReadonlyMap<string, number> = new Map<string, number>([
  ...NAME_ROLES.map((role, i) => [role, i] as const),
  ['household', NAME_ROLES.indexOf('relative')],
])

/** The labels of a line's words: a span covers each word that it overlaps; where two spans meet in a word, the earlier has it. */
export function labelWords(line: LabelledLine, words: Pick<Words, 'count' | 'start' | 'end'>): WordLabels {
  const labels = {
    tags: new Uint8Array(words.count),
    roles: new Uint8Array(words.count).fill(NO_ROLE),
    known: new Uint8Array(words.count).fill(1),
  }
  let from = 0
  for (const span of line.spans.toSorted((a, b) => a.start - b.start)) {
    while (from < words.count && (words.end[from] ?? 0) <= span.start) from++
    const group = groupIndexOf(span.class)
    let isFirst = true
    for (let i = from; i < words.count && (words.start[i] ?? 0) < span.end; i++) {
      if (group === undefined) labels.known[i] = 0
      else if (labels.tags[i] === 0) {
        labels.tags[i] = 1 + 2 * group + (isFirst ? 0 : 1)
        if (span.class === 'NAME') labels.roles[i] = ROLES.get(span.role ?? '') ?? NO_ROLE
        isFirst = false
      }
    }
  }
  for (const { start, end } of line.unknown ?? []) {
    for (let i = 0; i < words.count; i++) {
      if ((words.start[i] ?? 0) < end && (words.end[i] ?? 0) > start) labels.known[i] = 0
    }
  }
  return labels
}

/** The places in the original of the words of a view. */
export function placeWords({ count, start, end }: Words, view: View): Pick<Words, 'count' | 'start' | 'end'> {
  const from = new Int32Array(count)
  const to = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const place = toOriginal(view, start[i] ?? 0, end[i] ?? 0)
    from[i] = place.start
    to[i] = place.end
  }
  return { count, start: from, end: to }
}
