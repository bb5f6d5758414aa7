import { AppError } from '@breakwater/kernel'
import { kekError } from '../../kek-provider.ts'
import { toFields } from '../shared/answer.ts'
import type { Fields } from '../shared/answer.ts'
import { invalid } from '../shared/endpoint.ts'

/** A transit key as `GET transit/keys/:name` describes it. */
export interface TransitKey {
  readonly latestVersion: number
  /** Throws unless this version may open what it wrapped: `keys.destroyed` when trimmed, else `keys.disabled`. */
  assertReadable(version: number): void
  /** Throws unless the key may wrap and is one that cannot leave: `keys.environment-refused`, `config.invalid`. */
  assertFit(): void
}

const TYPE = 'aes256-gcm96'

/** Throws `keys.unavailable` when the answer describes no key. */
export function parseTransitKey(body: unknown): TransitKey {
  const key = toFields(toFields(body)['data'])
  const latestVersion = readCount(key, 'latest_version')
  return {
    latestVersion,
    assertReadable(version) {
      if (version < readCount(key, 'min_available_version')) throw kekError('keys.destroyed')
      if (key['soft_deleted'] === true) throw kekError('keys.disabled')
      if (version < readCount(key, 'min_decryption_version')) throw kekError('keys.disabled')
    },
    assertFit() {
      if (key['soft_deleted'] === true) throw kekError('keys.disabled')
      if (key['type'] !== TYPE || key['derived'] === true) throw invalid(`must name a key of type ${TYPE}`, 'keyName')
      if (key['exportable'] === true || key['allow_plaintext_backup'] === true) {
        throw new AppError('keys.environment-refused', { message: 'the transit key can be copied out of its service' })
      }
    },
  }
}

/** 0 where a service does not know the field. */
function readCount(key: Fields, name: string): number {
  const value = key[name] ?? (name === 'latest_version' ? undefined : 0)
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw kekError('keys.unavailable')
  return value
}
