import { randomInt } from 'node:crypto'
import { USER_CODE_CHARS, USER_CODE_LETTERS } from '@breakwater/contract'
import type { Keyring } from '@breakwater/kernel'

/** 20^8 codes: 34 bits. Five guesses a person, at most a thousand codes waiting: 1 in 5 million. */
export function mintUserCode(): string {
  return Array.from({ length: USER_CODE_CHARS }, () => USER_CODE_LETTERS[randomInt(USER_CODE_LETTERS.length)]).join('')
}

/** In two halves, as it is read out. */
export function showUserCode(code: string): string {
  const half = USER_CODE_CHARS / 2
  return `${code.slice(0, half)}-${code.slice(half)}`
}

/** How a user code may be kept: under the present version of the key first, then the one before it. */
export function macUserCode(
  keyring: Pick<Keyring, 'currentVersion' | 'deriveMac'>,
  tenant: string,
  code: string,
): readonly [Buffer, ...Buffer[]] {
  const current = keyring.currentVersion('tokens')
  const macOf = (version: number): Buffer =>
    Buffer.from(keyring.deriveMac('tokens', version, tenant, ['device-user-code'])(code))
  const macs: [Buffer, ...Buffer[]] = [macOf(current)]
  // A code outlives a rotation by ten minutes at most; a version that is held no more made none that is still good.
  if (current > 1) {
    try {
      macs.push(macOf(current - 1))
    } catch {
      return macs
    }
  }
  return macs
}
