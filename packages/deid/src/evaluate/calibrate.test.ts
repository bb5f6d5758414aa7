import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { controlRisk, documentsNeeded, hoeffdingBentkus, learnThenTest } from './calibrate.ts'
import type { LossTable } from './calibrate.ts'

/** Documents that lose nothing below their own threshold and everything from it on. */
function createTable(limits: readonly number[], steps = 20): LossTable {
  const thresholds = Array.from({ length: steps }, (_, i) => (i + 1) / steps)
  return { thresholds, losses: limits.map((limit) => thresholds.map((threshold) => (threshold > limit ? 1 : 0))) }
}

/** A small generator of numbers from 0 to 1: mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

describe('conformal risk control', () => {
  test('99 documents without a miss carry a claim of 99 %, 98 do not (DI-06)', () => {
    const perfect = (n: number): LossTable => createTable(Array.from({ length: n }, () => 1))
    expect(controlRisk(perfect(99), 0.99)).toMatchObject({ threshold: 1, risk: 0, documents: 99 })
    expect(() => controlRisk(perfect(98), 0.99)).toThrow('needs 99 calibration documents')
  })

  test('832 documents allow a risk of 0.88 %, no more', () => {
    const table = (missed: number): LossTable => ({
      thresholds: [0.5],
      losses: Array.from({ length: 832 }, (_, i) => [i === 0 ? missed : 0]),
    })
    expect(controlRisk(table(1), 0.99)).toBeDefined()
    const allowed = (832 + 1) * 0.01 - 1
    expect(Math.round((10_000 * allowed) / 832) / 100).toBe(0.88)
    const spread = (sum: number): LossTable => ({
      thresholds: [0.5],
      losses: Array.from({ length: 832 }, () => [sum / 832]),
    })
    expect(controlRisk(spread(allowed), 0.99)).toBeDefined()
    expect(controlRisk(spread(allowed + 0.001), 0.99)).toBeUndefined()
  })

  test('takes the mildest threshold that holds, and none when the strictest does not', () => {
    const limits = Array.from({ length: 200 }, (_, i) => (i < 3 ? 0.42 : 0.9))
    expect(controlRisk(createTable(limits), 0.95)?.threshold).toBe(0.9)
    expect(controlRisk(createTable(limits), 0.99)?.threshold).toBe(0.4)
    expect(controlRisk(createTable(limits.map(() => 0)), 0.99)).toBeUndefined()
  })

  test('a loss that falls as the threshold rises counts at its highest', () => {
    const row = [0, 1, 0]
    const table: LossTable = { thresholds: [0.1, 0.2, 0.3], losses: Array.from({ length: 150 }, () => row) }
    expect(controlRisk(table, 0.99)?.threshold).toBe(0.1)
  })

  test('keeps the expected loss of the next document under its bound', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed)
        // 60 trials of 120 documents each: the mean over trials is what is bounded.
        let loss = 0
        const trials = 60
        for (let trial = 0; trial < trials; trial++) {
          const choice = controlRisk(createTable(Array.from({ length: 120 }, random)), 0.9)
          // The chance that the limit of a further document lies below the threshold.
          loss += choice ? choice.threshold : 0
        }
        expect(loss / trials).toBeLessThanOrEqual(0.1 + 0.005)
      }),
      { numRuns: 20, seed: 1 },
    )
  })
})

describe('learn then test', () => {
  test('the p-value is the binomial one within its factor, and one at the claim', () => {
    expect(hoeffdingBentkus(0, 100, 0.05)).toBeCloseTo(0.95 ** 100, 12)
    expect(hoeffdingBentkus(0.05, 100, 0.05)).toBe(1)
    expect(hoeffdingBentkus(0.02, 1000, 0.05)).toBeLessThan(1e-5)
  })

  test('needs ln(0.05) / ln(0.99) documents for 99 % with 95 % confidence', () => {
    expect([documentsNeeded(0.99), documentsNeeded(0.99, 0.95), documentsNeeded(0.9)]).toEqual([99, 299, 9])
  })

  test('holds its bound in 95 of 100 trials', () => {
    const random = createRandom(11)
    let broken = 0
    for (let trial = 0; trial < 200; trial++) {
      const choice = learnThenTest(createTable(Array.from({ length: 150 }, random), 100), 0.9, 0.95)
      if ((choice?.threshold ?? 0) > 0.1) broken++
    }
    expect(broken).toBeLessThanOrEqual(10)
    expect(learnThenTest(createTable(Array.from({ length: 2000 }, random), 100), 0.9, 0.95)?.threshold).toBeGreaterThan(
      0.05,
    )
  })
})
