/** So many failures within one window, and somebody is told; once, however many follow. */
export interface FailureRate {
  readonly maxFailures: number
  readonly windowSeconds: number
}

export type FailureKind = 'account' | 'source'

/**
 * More often than people err (45 CFR 164.308(a)(5)(ii)(C)). Of an account over a day: five in a row lock it, these are those
 * who wait for the lock to end. From a source, across accounts: a ward behind one address has its bad mornings.
 */
export const FAILURE_RATES: Readonly<Record<FailureKind, FailureRate>> = {
  account: { maxFailures: 10, windowSeconds: 86_400 },
  source: { maxFailures: 20, windowSeconds: 900 },
}
