import type { Bytes } from './chunked.ts'
import { createDeks } from './deks.ts'
import type { Deks, DeksOptions } from './deks.ts'
import type { OpenDek } from './dek.ts'
import type { DekScope } from './dek-store.ts'
import { openField, readDekId, sealField } from './field-cipher.ts'
import type { FieldPlace } from './field-cipher.ts'
import { createNonceSource } from './nonces.ts'
import { decryptFile, encryptFile } from './file-cipher.ts'
import type { FilePlace } from './file-cipher.ts'
import { kekError } from './kek-provider.ts'

export type EnvelopeOptions = DeksOptions

/** What the rest of the product uses to encrypt: fields and files. */
export interface Envelope
  extends Pick<Deks, 'rotate' | 'isDueForRewrap' | 'rewrap' | 'forget' | 'forgetAll' | 'stats'> {
  /** Encrypts a field for its place under the current key of tenant, class and subject. */
  seal(place: FieldPlace, plaintext: Uint8Array): Promise<Uint8Array>
  /**
   * Throws `keys.corrupt` when the field was altered or moved, `keys.context-mismatch` when its key belongs to another
   * scope, `keys.destroyed` after shredding, and what the key provider throws.
   */
  open(place: FieldPlace, sealed: Uint8Array): Promise<Uint8Array>
  /** Encrypts a stream in constant memory. */
  sealFile(place: FilePlace, source: Bytes): AsyncGenerator<Uint8Array>
  /** As `open`, piece by piece: that nothing was cut off at the end is known when the stream has ended without an error. */
  openFile(place: FilePlace, source: Bytes): AsyncGenerator<Uint8Array>
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
  const find = async ({ tenant, objectClass, subject }: Place, dekId: string): Promise<OpenDek> => {
    const held = await deks.forOpening(tenant, dekId)
    const isOurs = held.record.objectClass === objectClass && held.record.subject === subject
    if (!isOurs) throw kekError('keys.context-mismatch')
    return held
  }
  return {
    ...deks,
    async seal(place, plaintext) {
      return sealField(await deks.forSealing(scopeOf(place)), place, plaintext, drawNonce())
    },
    async open(place, sealed) {
      const { key } = await find(place, readDekId(sealed))
      return openField(key, place, sealed)
    },
    async *sealFile(place, source) {
      yield* encryptFile(await deks.forSealing(scopeOf(place)), place, source)
    },
    openFile: (place, source) => decryptFile(async (dekId) => find(place, dekId), place, source),
  }
}

type Place = Pick<FieldPlace, 'tenant' | 'objectClass' | 'subject'>

function scopeOf({ tenant, objectClass, subject }: Place): DekScope {
  return { tenant, objectClass, ...(subject !== undefined && { subject }), use: 'data' }
}
