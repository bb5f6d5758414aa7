import { incompleteBeta, lnGamma } from './beta.ts'

const TIE = 1 + 1e-7

/**
 * Fisher's exact test, two-sided: the chance of a table at least as unlikely as [[a, b], [c, d]] when both rows have the
 * same share. Source: Fisher 1935, JRSS 98:39.
 */
export function fisherExact(a: number, b: number, c: number, d: number): number {
  const [row, other, column] = [a + b, c + d, a + c]
  const total = row + other
  if (row === 0 || other === 0 || column === 0 || column === total) return 1
  const constant = lnChoose(total, column)
  const chance = (x: number): number => Math.exp(lnChoose(row, x) + lnChoose(other, column - x) - constant)
  const observed = chance(a) * TIE
  let p = 0
  for (let x = Math.max(0, column - other); x <= Math.min(row, column); x++) {
    const one = chance(x)
    if (one <= observed) p += one
  }
  return Math.min(1, p)
}

/** Sums over the documents of one side. */
export interface Sums {
  readonly documents: number
  readonly sum: number
  readonly squares: number
}

/**
 * Student's t test, two-sided, of whether two groups are drawn from one distribution: their variance is then one and is
 * taken from both, so that a small group of equal documents does not look certain. Source: Student 1908, Biometrika 6:1.
 */
export function student(a: Sums, b: Sums): number {
  const freedom = a.documents + b.documents - 2
  const difference = a.sum / a.documents - b.sum / b.documents
  const variance = (deviation(a) + deviation(b)) / freedom
  if (variance === 0) return difference === 0 ? 1 : 0
  const t2 = difference ** 2 / (variance * (1 / a.documents + 1 / b.documents))
  return incompleteBeta(freedom / (freedom + t2), freedom / 2, 0.5)
}

/** Holm's step-down adjustment of p-values for being many. Source: Holm 1979, Scandinavian Journal of Statistics 6:65. */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).toSorted((i, j) => (values[i] ?? 1) - (values[j] ?? 1))
  const adjusted = values.map(() => 1)
  let highest = 0
  for (const [rank, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (values.length - rank) * (values[i] ?? 1)))
    adjusted[i] = highest
  }
  return adjusted
}

/** Sum of the squared distances from the mean. */
function deviation({ documents, sum, squares }: Sums): number {
  return Math.max(0, squares - (sum * sum) / documents)
}

function lnChoose(n: number, k: number): number {
  return lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1)
}
