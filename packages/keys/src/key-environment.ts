import { AppError } from '@breakwater/kernel'
import type { KekDescription } from './kek-provider.ts'
import type { KeyEnvironment } from './key-context.ts'

/**
 * For the start of a program: its provider's key must carry the environment the program runs in, and one that can be
 * copied has no place in production (45 CFR 164.308(a)(4)). Throws `keys.environment-refused`.
 */
export function assertKeyEnvironment(running: KeyEnvironment, { environment, isExtractable }: KekDescription): void {
  if (environment !== running) throw refuse('the key belongs to another environment than the one that runs')
  if (running === 'production' && isExtractable) throw refuse('a key that can be copied is refused in production')
}

function refuse(message: string): AppError {
  return new AppError('keys.environment-refused', { message })
}
