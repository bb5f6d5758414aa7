import { AppError } from '@breakwater/kernel'
import { binomialTail } from './bounds.ts'

/** For each document the share of its identifiers that is missed, at each threshold. */
export interface LossTable {
  /** Ascending: a higher one is milder and covers less. */
  readonly thresholds: readonly number[]
  /** By document, then by threshold; 0 to 1. */
  readonly losses: readonly (readonly number[])[]
}

export type CalibrationMethod = 'conformal-risk-control' | 'learn-then-test'

export interface Choice {
  readonly method: CalibrationMethod
  readonly threshold: number
  /** Index in the table. */
  readonly index: number
  /** Mean loss of the calibration documents at that threshold. */
  readonly risk: number
  /** What the loss of the next document is at most: in expectation, or with the asked confidence. */
  readonly bound: number
  readonly documents: number
}

const SLACK = 1e-12

/** How many documents a claim needs at least: with fewer, not even a calibration without any miss carries it. */
export function documentsNeeded(recall: number, confidence?: number): number {
  const alpha = 1 - recall
  if (confidence === undefined) return Math.ceil(1 / alpha - 1 - 1e-9)
  // Without a miss the p-value is the smaller one of Hoeffding's, (1 - alpha)^n.
  return Math.ceil(Math.log(1 - confidence) / Math.log(1 - alpha) - 1e-9)
}

/** Throws `body.invalid` when there are too few documents for the claim. */
export function requireDocuments(documents: number, recall: number, confidence?: number): void {
  const needed = documentsNeeded(recall, confidence)
  if (documents >= needed) return
  const claim = `a recall of ${Number((100 * recall).toFixed(3))} %`
  throw new AppError('body.invalid', {
    message: `${claim} needs ${needed} calibration documents with identifiers at least: there are ${documents}`,
  })
}

/**
 * Conformal risk control: the mildest threshold whose `n/(n+1) R + 1/(n+1)` is at most 1 - recall, R being the mean loss.
 * Then the expected loss of a further document of the same kind is at most 1 - recall. Undefined when no threshold is
 * strict enough. Source: Angelopoulos, Bates, Fisch, Lei, Schuster, arXiv:2208.02814, theorem 1, for losses up to 1 that
 * never fall as the threshold rises; where they do, the highest loss up to the threshold counts, which keeps the bound.
 */
export function controlRisk(table: LossTable, recall: number): Choice | undefined {
  requireDocuments(table.losses.length, recall)
  const n = table.losses.length
  const risks = meanLosses(table)
  const bounds = risks.map((risk) => (n * risk + 1) / (n + 1))
  const index = bounds.findLastIndex((bound) => bound <= 1 - recall + SLACK)
  return index < 0 ? undefined : choose('conformal-risk-control', table, risks, index, bounds[index] ?? 1)
}

/**
 * Learn then test: from the strictest threshold on, each in turn is tested against "the mean loss is above 1 - recall"
 * (Hoeffding-Bentkus) until one cannot be refused. With the given confidence the mean loss at the answer is at most
 * 1 - recall. Source: Angelopoulos, Bates, Candes, Jordan, Lei, arXiv:2110.01052, fixed-sequence testing.
 */
export function learnThenTest(table: LossTable, recall: number, confidence: number): Choice | undefined {
  requireDocuments(table.losses.length, recall, confidence)
  const n = table.losses.length
  const risks = meanLosses(table)
  const alpha = 1 - recall
  const failed = risks.findIndex((risk) => hoeffdingBentkus(risk, n, alpha) > 1 - confidence + SLACK)
  const index = failed < 0 ? risks.length - 1 : failed - 1
  return index < 0 ? undefined : choose('learn-then-test', table, risks, index, alpha)
}

function choose(
  method: CalibrationMethod,
  { thresholds, losses }: LossTable,
  risks: readonly number[],
  index: number,
  bound: number,
): Choice {
  return { method, threshold: thresholds[index] ?? 0, index, risk: risks[index] ?? 1, bound, documents: losses.length }
}

/** By threshold, each document at the highest loss that it had up to there. */
function meanLosses({ thresholds, losses }: LossTable): number[] {
  const sums = thresholds.map(() => 0)
  for (const row of losses) {
    let highest = 0
    for (const [i] of sums.entries()) {
      highest = Math.max(highest, row[i] ?? 1)
      sums[i] = (sums[i] ?? 0) + highest
    }
  }
  return sums.map((sum) => sum / losses.length)
}

/** The p-value of "the mean of a loss from 0 to 1 is above alpha" when n documents have the mean `risk`. */
export function hoeffdingBentkus(risk: number, n: number, alpha: number): number {
  const r = Math.min(risk, alpha)
  const hoeffding = Math.exp(-n * divergence(r, alpha))
  const bentkus = Math.E * binomialTail(Math.ceil(n * risk - 1e-9), n, alpha)
  return Math.min(1, hoeffding, bentkus)
}

/** Kullback-Leibler of two coins. */
function divergence(a: number, b: number): number {
  const term = (x: number, y: number): number => (x === 0 ? 0 : x * Math.log(x / y))
  return term(a, b) + term(1 - a, 1 - b)
}
