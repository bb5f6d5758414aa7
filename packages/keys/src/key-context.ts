import { AppError } from '@breakwater/kernel'
import { encodeInfo } from './derive.ts'

/** Where a key may be used. A key of one environment is refused in every other (45 CFR 164.308(a)(4)). */
export type KeyEnvironment = 'development' | 'test' | 'staging' | 'production'

/** A data key encrypts fields, files and artefacts; a wrap key encrypts the data keys of subjects, and nothing else. */
export type DekUse = 'data' | 'wrap'

/**
 * What a data key belongs to. It is bound into the wrapped key: by the provider where it can, and by our own commitment
 * always. Key services write it to their audit logs, so a part is an id, never a value.
 */
export interface KeyContext {
  readonly environment: KeyEnvironment
  readonly tenant: string
  /** Kind of object, e.g. `prompt`, `document`, `model`. */
  readonly objectClass: string
  /** A keyed reference of a patient, where shredding must work per patient. Never a record number. */
  readonly subject?: string
  readonly use: DekUse
  readonly dekId: string
}

const ID = /^[\w.:-]{1,128}$/
const PARTS = [
  'environment',
  'tenant',
  'objectClass',
  'subject',
  'use',
  'dekId',
] as const satisfies readonly (keyof KeyContext)[]

/** Throws `keys.context-mismatch` unless every part is an id: 1 to 128 of letters, digits and `_ . : -`. */
export function assertKeyContext(context: KeyContext): void {
  for (const part of PARTS) {
    const value = context[part]
    if (value === undefined && part === 'subject') continue
    if (value === undefined || !ID.test(value)) {
      throw new AppError('keys.context-mismatch', { message: 'a part of the key context is not an id', field: part })
    }
  }
}

/** The context as names and values, for services that take it so (AWS). Without `subject` when there is none. */
export function toContextPairs(context: KeyContext): Readonly<Record<string, string>> {
  assertKeyContext(context)
  return Object.fromEntries(PARTS.flatMap((part) => (context[part] === undefined ? [] : [[part, context[part]]])))
}

/** The context as bytes, one for each context and no two alike: what AEAD providers bind as additional data. */
export function encodeKeyContext(context: KeyContext, head?: Uint8Array): Uint8Array {
  assertKeyContext(context)
  const encoded = ['breakwater key context v1']
  for (const part of PARTS) {
    const value = context[part]
    if (value !== undefined) encoded.push(part, value)
  }
  return encodeInfo(encoded, head)
}
