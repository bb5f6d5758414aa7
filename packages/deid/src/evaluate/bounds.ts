import { incompleteBeta } from './beta.ts'

export interface Bounds {
  readonly lower: number
  readonly upper: number
}

const BISECTIONS = 60

/**
 * Exact (Clopper-Pearson) bounds for a share of `hits` in `trials`. Two-sided by default: the true share lies outside
 * with a probability of at most 1 - confidence. One-sided: each bound holds by itself with that confidence.
 * Source: Clopper and Pearson 1934, Biometrika 26:404; by the beta distribution.
 */
export function boundShare(
  hits: number,
  trials: number,
  { confidence = 0.95, sides = 2 }: { readonly confidence?: number; readonly sides?: 1 | 2 } = {},
): Bounds {
  if (trials === 0) return { lower: 0, upper: 1 }
  const tail = (1 - confidence) / sides
  return {
    lower: hits === 0 ? 0 : betaQuantile(tail, hits, trials - hits + 1),
    upper: hits === trials ? 1 : betaQuantile(1 - tail, hits + 1, trials - hits),
  }
}

/** P(X <= k) of a binomial. */
export function binomialTail(k: number, trials: number, share: number): number {
  if (k < 0) return 0
  return k >= trials ? 1 : 1 - incompleteBeta(share, k + 1, trials - k)
}

function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1]
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2
    if (incompleteBeta(middle, a, b) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}
