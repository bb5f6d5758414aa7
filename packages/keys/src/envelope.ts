import type { KeyObject } from 'node:crypto'
import { createDeks } from './deks.ts'
import type { Deks, DeksOptions } from './deks.ts'
import type { DekRecord } from './dek.ts'
import { openField, readDekId, sealField } from './field-cipher.ts'
import type { FieldPlace } from './field-cipher.ts'
import { createNonceSource } from './nonces.ts'
import { kekError } from './kek-provider.ts'

export type EnvelopeOptions = DeksOptions

/** What the rest of the product uses to encrypt: fields here, files in `files.ts`. */
export interface Envelope
  extends Pick<Deks, 'rotate' | 'isDueForRewrap' | 'rewrap' | 'forget' | 'forgetAll' | 'stats'> {
  /** Encrypts a field for its place under the current key of tenant, class and subject. */
  seal(place: FieldPlace, plaintext: Uint8Array): Promise<Uint8Array>
  /**
   * Throws `keys.corrupt` when the field was altered or moved, `keys.context-mismatch` when its key belongs to another
   * scope, `keys.destroyed` after shredding, and what the key provider throws.
   */
  open(place: FieldPlace, sealed: Uint8Array): Promise<Uint8Array>
}

/**
 * Envelope encryption: AES-256-GCM fields under data keys, data keys under a provider's key (NIST SP 800-38D, SP 800-57).
 * Answers from memory: the key service is asked when a data key is opened for the first time and about every four
 * minutes afterwards. Throws `keys.environment-refused`, `config.invalid`.
 *
 * @example
 * const envelope = createEnvelope({ environment: 'development', providers: [provider], store, clock })
 * const place = { tenant: 'north', objectClass: 'note', table: 'notes', column: 'body', row: '17' }
 * const sealed = await envelope.seal(place, Buffer.from('text'))
 * const text = await envelope.open(place, sealed)
 */
export function createEnvelope(options: EnvelopeOptions): Envelope {
  const deks = createDeks(options)
  const drawNonce = createNonceSource()
  return {
    ...deks,
    async seal(place, plaintext) {
      const { tenant, objectClass, subject } = place
      const held = await deks.forSealing({
        tenant,
        objectClass,
        ...(subject !== undefined && { subject }),
        use: 'data',
      })
      return sealField(held, place, plaintext, drawNonce())
    },
    async open(place, sealed) {
      const { key, record } = await deks.forOpening(place.tenant, readDekId(sealed))
      return openField(assertScope(record, place, key), place, sealed)
    },
  }
}

function assertScope(record: DekRecord, place: FieldPlace, key: KeyObject): KeyObject {
  const isOurs = record.use === 'data' && record.objectClass === place.objectClass && record.subject === place.subject
  if (!isOurs) throw kekError('keys.context-mismatch')
  return key
}
