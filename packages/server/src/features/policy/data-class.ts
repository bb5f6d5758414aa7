import type { DataClass, Environment } from '@breakwater/contract'
import { DATA_CLASSES } from '@breakwater/contract'
import type { DecisionRequest } from './types.ts'

/**
 * What data are taken for: PHI in production unless a recorded basis covers less, synthetic elsewhere. What a caller says
 * may raise that and never lower it.
 */
export function classifyData(environment: Environment, { basis, dataClass }: DecisionRequest): DataClass {
  const assumed = environment === 'production' ? (basis?.dataClass ?? 'phi') : 'synthetic'
  return dataClass !== undefined && DATA_CLASSES.indexOf(dataClass) > DATA_CLASSES.indexOf(assumed)
    ? dataClass
    : assumed
}
