import { AppError } from '@breakwater/kernel'
import type { PhiClass } from '../types.ts'
import type { CalibrationMethod } from './calibrate.ts'
import { LABEL_MAPS } from './mappings.ts'

export type Thresholds = Readonly<Partial<Record<PhiClass, number>>>

/** Calibrated thresholds with where they come from; no value of any text. */
export interface ThresholdsFile {
  readonly version: 1
  readonly thresholds: Thresholds
  /** They are void for another one. */
  readonly tagger: string | null
  readonly calibration: {
    readonly method: CalibrationMethod
    readonly recall: number
    /** Of learn-then-test. */
    readonly confidence?: number
    readonly documents: number
    readonly risk: number
    readonly bound: number
  }
  /** Measured on documents that were not calibrated on. */
  readonly report: {
    readonly documents: number
    readonly meanLoss: number
    readonly spans: number
    readonly full: number | null
  }
  readonly assumes: string
}

export const CALIBRATION_ASSUMES =
  'Documents to come must be exchangeable with those calibrated on: the same sites, templates, note types and ways of writing. A new site, template or speech source voids the bound; calibrate again there, and watch drift. It bounds the share of identifiers missed per document, averaged over documents, not the chance that a document has a miss.'

/** The same threshold for every class. */
export function uniformThresholds(threshold: number): Readonly<Record<PhiClass, number>> {
  return Object.fromEntries(Object.keys(LABEL_MAPS.own).map((phiClass) => [phiClass, threshold])) as Record<
    PhiClass,
    number
  >
}

/** Reads calibrated thresholds for an engine. Throws `config.invalid`, also when they were made for another tagger. */
export function readThresholds(json: string, tagger: string | null): Thresholds {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return refuse('the thresholds are not JSON')
  }
  if (typeof value !== 'object' || value === null) return refuse('the thresholds are not an object')
  const { version, thresholds, tagger: made } = value as Readonly<Record<string, unknown>>
  if (version !== 1 || !isThresholds(thresholds)) return refuse('thresholds are {"CLASS": 0 to 1}, version 1')
  if (made !== tagger) return refuse('the thresholds were calibrated with another tagger: calibrate again')
  return thresholds
}

function isThresholds(value: unknown): value is Thresholds {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(
    ([phiClass, share]) =>
      Object.hasOwn(LABEL_MAPS.own, phiClass) && typeof share === 'number' && share >= 0 && share <= 1,
  )
}

function refuse(rule: string): never {
  throw new AppError('config.invalid', { message: rule })
}
