import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../../platform/audit/change.ts'
import type { SealedFields } from '../../../platform/secrets/sealed-fields.ts'
import type { AlertService } from '../../alerts/index.ts'
import type { SessionService } from '../../sessions/index.ts'
import type { FailureWatch } from '../failures/watch.ts'
import type { Lockout } from '../lockout.ts'
import type { PersonStore } from '../store.ts'
import type { Person, TotpService } from '../types.ts'
import { hashPassword, isCode, stepAt } from './code.ts'
import type { TotpFactor, TotpStore } from './store.ts'

export interface TotpDeps {
  readonly store: TotpStore
  readonly fields: SealedFields
  readonly people: PersonStore
  readonly sessions: Pick<SessionService, 'createSession' | 'endAll'>
  readonly alerts: Pick<AlertService, 'raiseIn'>
  readonly lockout: Lockout
  readonly failures: Pick<FailureWatch, 'watchSource'>
  readonly clock: Clock
  readonly recordChange: RecordChange
}

/** A password is known and a code comes from what one has: two kinds of factor, neither of which resists phishing. */
const FACTORS = { method: 'totp', isMfa: true, isPhishingResistant: false, carrier: 'cookie' } as const

/**
 * The lesser way into a local account. The password alone says who it is: who does not know it can neither try codes of
 * somebody nor lock somebody out, and at 125 random bits nobody guesses it.
 */
export function createTotpService(deps: TotpDeps): TotpService {
  const { store, fields, people, sessions, alerts, lockout, failures, clock, recordChange } = deps

  async function verify(tenant: string, { password, code }: { password: string; code: string }): Promise<Person> {
    const factor = await store.findByPassword(tenant, hashPassword(password))
    const person = factor && (await people.find(tenant, factor.principal))
    if (!factor || !person) throw failed()
    lockout.requireUnlocked(person)
    const at = clock.now()
    const step = stepAt(at)
    const isRight = isCode(await fields.open(placeOf(factor), factor.sealedSecret), step, code)
    const isDone = isRight && !person.isDisabled && (await take(factor, step, at))
    if (isDone) return person
    await lockout.fail(person, 'auth.sign-in-failed')
    if (isRight && person.isDisabled) throw new AppError('auth.invalid', { message: 'this account cannot log in' })
    throw failed()
  }

  async function take(factor: TotpFactor, step: number, at: Date): Promise<boolean> {
    const { tenant, principal } = factor
    return people.transact(tenant, async (trx) => {
      const isFirst = await store.useIn(trx, factor, { step, at })
      if (isFirst) await people.clearFailuresIn(trx, tenant, principal)
      return isFirst
    })
  }

  return {
    async finishSignIn(tenant, shown, client) {
      const { principal } = await failures.watchSource(tenant, client, async () => verify(tenant, shown))
      return sessions.createSession({ ...FACTORS, tenant, principal, client })
    },

    async finishStepUp(caller, shown, client) {
      const { tenant, id, session } = caller
      if (!session) throw new AppError('auth.step-up-required', { message: 'only a person’s session steps up' })
      const { principal } = await failures.watchSource(tenant, client, async () => verify(tenant, shown))
      if (principal !== id) throw failed()
      return sessions.createSession({ ...FACTORS, tenant, principal, client, replaces: session.id })
    },

    async remove(caller) {
      const { tenant, id: principal } = caller
      const person = await people.find(tenant, principal)
      if (!person?.hasTotp) throw new AppError('resource.unknown', { message: 'no such factor' })
      if (person.passkeys === 0) {
        throw new AppError('resource.conflict', { message: 'the only way into an account stays: add a passkey first' })
      }
      await people.transact(tenant, async (trx) => {
        const id = await store.revokeIn(trx, tenant, principal, clock.now())
        if (id === undefined) throw new AppError('resource.unknown', { message: 'no such factor' })
        await alerts.raiseIn(trx, { tenant, kind: 'totp-removed', object: id, principal })
        await recordChange(trx, { actor: caller, kind: 'totp.removed', object: 'totp', principal })
      })
      const keep = caller.session?.id
      await sessions.endAll(caller, principal, { reason: 'credentials-changed', ...(keep !== undefined && { keep }) })
    },
  }
}

/** The one row whose secret it is. */
export function placeOf({ tenant, id }: Pick<TotpFactor, 'tenant' | 'id'>) {
  return { tenant, objectClass: 'sign-in', table: 'totp_factors', column: 'sealed_secret', row: id }
}

// One message for every reason: nobody learns whether the password was right.
function failed(): AppError {
  return new AppError('auth.sign-in-failed', { message: 'password and code do not belong together, or were used' })
}
