import type { Envelope, FieldPlace } from '@breakwater/keys'

/** Text of single columns, sealed for the row it lies in; the key service holds what opens it. */
export interface SealedFields {
  seal(place: FieldPlace, text: string): Promise<Buffer>
  /** Throws `keys.corrupt` when altered or moved, and what the key provider throws. */
  open(place: FieldPlace, sealed: Uint8Array): Promise<string>
}

export function createSealedFields(envelope: Pick<Envelope, 'open' | 'seal'>): SealedFields {
  return {
    seal: async (place, text) => Buffer.from(await envelope.seal(place, Buffer.from(text, 'utf8'))),
    open: async (place, sealed) => Buffer.from(await envelope.open(place, sealed)).toString('utf8'),
  }
}
