interface ComparedLine {
  readonly line: string
  /** It stands in both. */
  readonly isLeft: boolean
}

// The table below has a cell for each pair: more lines are shown as they are left.
const MAX_LINES = 2_000

/** The lines of `before` in order, each with whether it is left in `after`; lines of `after` alone stand where they are. */
export function compareLines(before: readonly string[], after: readonly string[]): readonly ComparedLine[] {
  if (before.length > MAX_LINES || after.length > MAX_LINES) return after.map((line) => ({ line, isLeft: true }))
  const longest = measure(before, after)
  const compared: ComparedLine[] = []
  let [at, to] = [0, 0]
  while (at < before.length || to < after.length) {
    const [line, other] = [before[at], after[to]]
    if (line !== undefined && line === other) {
      compared.push({ line, isLeft: true })
      at++
      to++
    } else if (
      other === undefined ||
      (line !== undefined && lengthAt(longest, at + 1, to) >= lengthAt(longest, at, to + 1))
    ) {
      compared.push({ line: line ?? '', isLeft: false })
      at++
    } else {
      compared.push({ line: other, isLeft: true })
      to++
    }
  }
  return compared
}

/** How long the longest common subsequence of the rests is, from each pair of places on. */
function measure(before: readonly string[], after: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1))
  for (let at = before.length - 1; at >= 0; at--) {
    const row = table[at]
    if (!row) continue
    for (let to = after.length - 1; to >= 0; to--) {
      row[to] =
        before[at] === after[to]
          ? lengthAt(table, at + 1, to + 1) + 1
          : Math.max(lengthAt(table, at + 1, to), lengthAt(table, at, to + 1))
    }
  }
  return table
}

function lengthAt(table: readonly Uint16Array[], at: number, to: number): number {
  return table[at]?.[to] ?? 0
}
