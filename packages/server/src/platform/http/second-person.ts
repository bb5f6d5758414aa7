import { AppError } from '@breakwater/kernel'
import type { Caller } from './env.ts'

/** Throws `access.not-second-person` unless the caller is a person and none of those who already had a hand in it. */
export function requireSecondPerson({ kind, id }: Caller, involved: readonly (string | undefined)[]): void {
  if (kind === 'human' && !involved.includes(id)) return
  throw new AppError('access.not-second-person', {
    message: 'a second person must do this: not who asked for it, not who would profit, no service',
  })
}
