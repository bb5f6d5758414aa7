import { z } from 'zod'

/**
 * How sensitive data are, the least first. A limited data set is still PHI (45 CFR 164.514(e)); de-identified data are
 * not (164.502(d)).
 */
export const DATA_CLASSES = ['synthetic', 'de-identified', 'limited-data-set', 'phi'] as const
export const dataClassSchema = z.enum(DATA_CLASSES)
export type DataClass = (typeof DATA_CLASSES)[number]

/** What an installation is for. PHI lives in production alone. */
export const ENVIRONMENTS = ['development', 'staging', 'production'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

/** What is acted on. `tenant` stands for the administration of one; the others hold data or move them. */
export const RESOURCE_KINDS = [
  'tenant',
  'endpoint',
  'patient-record',
  'training-data',
  'feature-store',
  'inference-log',
] as const
export type ResourceKind = (typeof RESOURCE_KINDS)[number]

/** What permits a purpose that needs more than a role: an authorisation, a waiver, an agreement, a public authority. */
export const BASIS_KINDS = ['authorisation', 'waiver', 'data-use-agreement', 'public-health'] as const
export type BasisKind = (typeof BASIS_KINDS)[number]
