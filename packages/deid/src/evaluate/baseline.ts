import { AppError } from '@breakwater/kernel'
import type { Evaluation } from './summarise.ts'

/** The figures of a run that later runs must not fall behind; shares from 0 to 1. */
export interface Baseline {
  readonly version: 1
  readonly documents: number
  readonly spans: number
  /** Higher is better in each. By name: `full`, `perfect`, `precision`, `kept`, and the recall by groups of classes. */
  readonly figures: Readonly<Record<string, number>>
}

export interface Drop {
  readonly name: string
  readonly was: number
  readonly is: number
}

/** Letters of 45 CFR 164.514(b)(2)(i) that are judged together, so that one span of a rare class is no drop by itself. */
const GROUPS: Readonly<Record<string, string>> = {
  names: 'A',
  places: 'B',
  dates: 'C',
  contacts: 'DEF',
  numbers: 'GHIJ',
  licences: 'KLM',
  traces: 'NOPQ',
  others: 'R',
  employers: '-',
}

/** Takes down the figures of a run over the same gold, by letter if it was grouped so. */
export function takeBaseline(evaluation: Evaluation): Baseline {
  const figures: Record<string, number | null> = {
    full: evaluation.full.share,
    perfect: evaluation.perfect.share,
    precision: evaluation.characterPrecision,
    kept: evaluation.over.share === null ? null : 1 - evaluation.over.share,
  }
  for (const [group, letters] of Object.entries(GROUPS)) {
    const rows = (evaluation.by.letter ?? []).filter(({ name }) => letters.includes(name))
    const of = rows.reduce((sum, row) => sum + row.of, 0)
    if (of > 0) figures[`recall ${group}`] = rows.reduce((sum, row) => sum + row.count, 0) / of
  }
  return {
    version: 1,
    documents: evaluation.documents,
    spans: evaluation.full.of,
    figures: Object.fromEntries(
      Object.entries(figures)
        .filter((entry): entry is [string, number] => entry[1] !== null)
        .map(([name, share]) => [name, Math.round(share * 1e6) / 1e6]),
    ),
  }
}

/**
 * What fell by more than so many points, worst first. Throws `body.invalid` when the gold is another one, since the
 * figures of two sets say nothing of each other.
 */
export function findDrops(baseline: Baseline, evaluation: Evaluation, maxDropPoints = 0.5): readonly Drop[] {
  const now = takeBaseline(evaluation)
  if (now.documents !== baseline.documents || now.spans !== baseline.spans) {
    throw new AppError('body.invalid', { message: 'the baseline was taken on other gold: save a new one' })
  }
  return Object.entries(baseline.figures)
    .map(([name, was]): Drop => ({ name, was, is: now.figures[name] ?? 0 }))
    .filter(({ was, is }) => 100 * (was - is) > maxDropPoints + 1e-9)
    .toSorted((a, b) => b.was - b.is - (a.was - a.is))
}

/** Reads a stored baseline. Throws `body.invalid`. */
export function readBaseline(json: string): Baseline {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new AppError('body.invalid-json', { message: 'the baseline is not JSON' })
  }
  if (!isBaseline(value)) throw new AppError('body.invalid', { message: 'not a baseline of version 1' })
  return value
}

function isBaseline(value: unknown): value is Baseline {
  if (typeof value !== 'object' || value === null) return false
  const { version, documents, spans, figures } = value as Readonly<Record<string, unknown>>
  return (
    version === 1 &&
    Number.isSafeInteger(documents) &&
    Number.isSafeInteger(spans) &&
    typeof figures === 'object' &&
    figures !== null &&
    Object.values(figures).every((share) => typeof share === 'number')
  )
}
