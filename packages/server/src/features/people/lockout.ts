import { randomUUID } from 'node:crypto'
import type { Clock, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { ErrorCode } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { AlertService } from '../alerts/index.ts'
import type { FailureWatch } from './failures/watch.ts'
import type { LockRule, PersonStore } from './store.ts'
import type { Person } from './types.ts'

/** Five attempts in 15 minutes lock for 15: long enough to stop guessing, short enough that nobody is locked out for good. */
const LOCK_RULE: LockRule = { maxAttempts: 5, windowSeconds: 900, lockSeconds: 900 }

/** Counts what fails of people who are known, and locks. Only who holds a person's credential id can fail as that person. */
export interface Lockout {
  /** Throws `auth.locked`. */
  requireUnlocked(person: Pick<Person, 'lockedUntil'>): void
  /** Durable when it resolves: the fifth is an alert at once. */
  fail(person: Pick<Person, 'tenant' | 'principal'>, code: ErrorCode): Promise<void>
}

export interface LockoutDeps {
  readonly store: Pick<PersonStore, 'fail'>
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
  readonly alerts: Pick<AlertService, 'raiseIn'>
  readonly failures: Pick<FailureWatch, 'countAccountIn'>
}

export function createLockout({ store, clock, log, recordChange, alerts, failures }: LockoutDeps): Lockout {
  return {
    requireUnlocked({ lockedUntil }) {
      if (lockedUntil === null || lockedUntil <= clock.now()) return
      throw new AppError('auth.locked', { message: 'too many failed attempts: the account is locked for a while' })
    },

    async fail({ tenant, principal }, code) {
      const actor = { tenant, id: principal }
      const about = { actor, object: 'sign-in', principal, decision: 'deny' } as const
      const told = await store.fail(tenant, principal, clock.now(), LOCK_RULE, async (trx, { attempts, isLocking }) => {
        if (isLocking) await alerts.raiseIn(trx, { tenant, kind: 'signin-locked', object: randomUUID(), principal })
        await recordChange(trx, { ...about, kind: 'signin.failed', codes: [code], counts: { attempts } })
        if (isLocking) await recordChange(trx, { ...about, kind: 'signin.locked', counts: { attempts } })
        await failures.countAccountIn(trx, tenant, principal)
      })
      if (told.isLocking) log('alert', { code: 'signin.locked', tenant, principal })
    },
  }
}
