import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Caller } from './env.ts'

/** How long the factors of a log-in or a step-up count as just shown. */
const STEP_UP_SECONDS = 300

/** Whether a person showed more than one factor within the last five minutes. A service never has. */
export function isSteppedUp({ kind, session }: Caller, clock: Clock): boolean {
  if (kind !== 'human' || !session?.isMfa) return false
  const ageMs = clock.now().getTime() - session.authenticatedAt.getTime()
  return ageMs >= 0 && ageMs <= STEP_UP_SECONDS * 1_000
}

/** For what must not be reached by who was led to a false page. Throws `auth.phishing-resistance-required`. */
export function requirePhishingResistance({ session }: Caller): void {
  if (session?.isPhishingResistant !== false) return
  throw new AppError('auth.phishing-resistance-required', {
    message: 'this needs a session that began with a passkey, or with what the identity provider says is as good',
  })
}

/** Throws `auth.step-up-required`. */
export function requireStepUp(caller: Caller, clock: Clock): void {
  if (isSteppedUp(caller, clock)) return
  throw new AppError('auth.step-up-required', {
    message: 'this needs a person who showed more than one factor within the last five minutes',
  })
}
