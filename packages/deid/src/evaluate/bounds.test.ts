import { describe, expect, test } from 'vitest'
import { incompleteBeta, lnGamma } from './beta.ts'
import { binomialTail, boundShare } from './bounds.ts'

const percent = (share: number): number => Math.round(1000 * share) / 10

describe('the incomplete beta function', () => {
  test.for([
    // Binomial sums by hand: P(X >= 2) of 4 at 1/2; of 3 at 1/4.
    [0.5, 2, 3, 11 / 16],
    [0.25, 2, 2, 10 / 64],
    // Student's t, table values: two tails of 2.228139 at 10 degrees are 5 %, of 12.7062 at 1 degree too.
    [10 / (10 + 2.2281388519649385 ** 2), 5, 0.5, 0.05],
    [1 / (1 + 12.706204736174707 ** 2), 0.5, 0.5, 0.05],
    // The example of SciPy's manual.
    [0.5, 1.4, 3.1, 0.8148904036225295],
  ] as const)('I_%f(%f, %f) is %f', ([x, a, b, expected]) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(expected, 11)
  })

  test('is one less its mirror image', () => {
    for (const x of [0.01, 0.2, 0.5, 0.77, 0.999]) {
      for (const [a, b] of [
        [0.5, 0.5],
        [3, 900],
        [5000, 40],
      ] as const)
        expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 11)
    }
  })

  test('lnGamma gives factorials and the root of pi', () => {
    expect(lnGamma(11)).toBeCloseTo(Math.log(3_628_800), 12)
    expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12)
  })

  test('the binomial tail is the sum of its terms', () => {
    expect(binomialTail(1, 3, 0.5)).toBeCloseTo(0.5, 12)
    expect(binomialTail(0, 20, 0.1)).toBeCloseTo(0.9 ** 20, 12)
    expect([binomialTail(-1, 3, 0.5), binomialTail(3, 3, 0.5)]).toEqual([0, 1])
  })
})

describe('exact bounds of a share', () => {
  test.for([
    [95, 100, 88.7, 98.4],
    [543, 832, 61.9, 68.5],
    [8, 83, 4.3, 18.1],
  ] as const)('%i of %i lie between %f and %f percent, two-sided', ([hits, trials, lower, upper]) => {
    const bounds = boundShare(hits, trials)
    expect([percent(bounds.lower), percent(bounds.upper)]).toEqual([lower, upper])
  })

  test('20 of 20 prove 86.1 %, one-sided', () => {
    expect(percent(boundShare(20, 20, { sides: 1 }).lower)).toBe(86.1)
  })

  // How many spans a claim needs, by how many are missed.
  test.for([
    [0.95, [59, 93, 153, 336]],
    [0.99, [299, 473, 773, 1693]],
    [0.995, [598, 947, 1549, 3389]],
  ] as const)('a recall of %f needs so many spans, and no fewer', ([recall, needed]) => {
    const missed = [0, 1, 3, 10]
    needed.forEach((spans, i) => {
      const proven = (n: number): number => boundShare(n - (missed[i] ?? 0), n, { sides: 1 }).lower
      expect(proven(spans)).toBeGreaterThanOrEqual(recall)
      expect(proven(spans - 1)).toBeLessThan(recall)
    })
  })

  test('of nothing, everything is possible', () => {
    expect(boundShare(0, 0)).toEqual({ lower: 0, upper: 1 })
  })
})
