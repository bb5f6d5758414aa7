/**
 * Whether two words differ by at most `most` (0, 1 or 2) insertions, deletions, substitutions and swaps of neighbours
 * (optimal string alignment).
 */
export function isWithin(a: string, b: string, most: number): boolean {
  if (a === b) return true
  if (most === 0 || Math.abs(a.length - b.length) > most) return false
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1))
      const isSwap =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      row.push(cost)
      if (cost < least) least = cost
    }
    if (least > most) return false
    beforeLast = last
    last = row
  }
  return (last[b.length] ?? 0) <= most
}

/** A word as poor scanning leaves it alike: 0 and o, 1 and l, 5 and s, rn and m, vv and w. */
export function toSkeleton(word: string): string {
  return word.replace(/0/g, 'o').replace(/[1|]/g, 'l').replace(/5/g, 's').replace(/rn/g, 'm').replace(/vv/g, 'w')
}

/** One bit for each letter of a word: words whose bits differ in many places are far apart. */
export function toLetterBits(word: string): number {
  let bits = 0
  for (let i = 0; i < word.length; i++) bits |= 1 << (word.charCodeAt(i) & 31)
  return bits
}

export function countBits(bits: number): number {
  let left = bits
  let count = 0
  while (left !== 0) {
    left &= left - 1
    count++
  }
  return count
}
