import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Mac } from '@breakwater/kernel'
import { encodeInfo } from './derive.ts'
import { assertDekBytes, kekError } from './kek-provider.ts'
import type { KekCallOptions, KekProvider, WrappedKey } from './kek-provider.ts'
import { encodeKeyContext } from './key-context.ts'
import type { KeyContext } from './key-context.ts'

/** A data key as it is stored. Holds no secret; altering any part of it makes it refuse. */
export interface DekRecord extends KeyContext {
  readonly wrapped: WrappedKey
  /** HMAC-SHA-256 under the data key over its context: GCM itself does not commit to its key. 32 bytes. */
  readonly commitment: Uint8Array
  /** Present when the provider cannot tell who wrapped: HMAC of ours over the whole record. */
  readonly recordMac?: Uint8Array
}

/** What wraps a data key: a provider, or a wrap key that a provider keeps. */
export type DekWrapper = Pick<KekProvider, 'name' | 'wrap' | 'unwrap' | 'unwrapForRewrap'> & {
  /** Needed when the provider does not authenticate its wraps. */
  readonly recordMac?: Mac
}

export interface OpenDek {
  readonly record: DekRecord
  readonly key: KeyObject
}

const DEK_BYTES = 32

/** Makes an AES-256 key for this context and wraps it. Throws a `KekErrorCode`. */
export async function createDek(context: KeyContext, wrapper: DekWrapper, options?: KekCallOptions): Promise<OpenDek> {
  const bytes = randomBytes(DEK_BYTES)
  try {
    const key = createSecretKey(bytes)
    const { environment, tenant, objectClass, subject, use, dekId } = context
    const plain: KeyContext = {
      environment,
      tenant,
      objectClass,
      ...(subject !== undefined && { subject }),
      use,
      dekId,
    }
    const commitment = commit(key, plain)
    const wrapped = await wrapper.wrap(bytes, plain, options)
    return { key, record: withMac({ ...plain, wrapped, commitment }, wrapper) }
  } finally {
    bytes.fill(0)
  }
}

/**
 * Opens a stored data key. Throws `keys.context-mismatch` when it is not the key that was committed to for this very
 * context, `keys.corrupt` when the record's MAC is missing or wrong, or what the wrapper throws.
 */
export async function openDek(record: DekRecord, wrapper: DekWrapper, options?: KekCallOptions): Promise<KeyObject> {
  assertRecordMac(record, wrapper)
  const bytes = await wrapper.unwrap(record.wrapped, record, options)
  try {
    assertDekBytes(bytes)
    // Of another length it is not ours, whatever it commits to.
    if (bytes.length !== DEK_BYTES) throw kekError('keys.corrupt')
    const key = createSecretKey(bytes)
    if (!areEqual(commit(key, record), record.commitment)) throw kekError('keys.context-mismatch')
    return key
  } finally {
    bytes.fill(0)
  }
}

/** The same data key under the current version of a wrapper: what it encrypted stays as it is. */
export async function rewrapDek(
  record: DekRecord,
  from: DekWrapper,
  to: DekWrapper,
  options?: KekCallOptions,
): Promise<DekRecord> {
  const unwrap: DekWrapper['unwrap'] = async (...input) =>
    from.unwrapForRewrap ? from.unwrapForRewrap(...input) : from.unwrap(...input)
  const key = await openDek(record, { ...from, unwrap }, options)
  const bytes = key.export()
  try {
    const { recordMac: _old, ...rest } = record
    return withMac({ ...rest, wrapped: await to.wrap(bytes, record, options) }, to)
  } finally {
    bytes.fill(0)
  }
}

function commit(key: KeyObject, context: KeyContext): Uint8Array {
  return createHmac('sha256', key).update('breakwater dek commitment v1').update(encodeKeyContext(context)).digest()
}

function withMac(record: DekRecord, { recordMac }: DekWrapper): DekRecord {
  return recordMac ? { ...record, recordMac: recordMac(encodeRecord(record)) } : record
}

function assertRecordMac(record: DekRecord, { recordMac }: DekWrapper): void {
  if (recordMac && !areEqual(recordMac(encodeRecord(record)), record.recordMac)) throw kekError('keys.corrupt')
}

function encodeRecord(record: DekRecord): Uint8Array {
  const { wrapped, commitment } = record
  const texts = ['breakwater dek record v1', wrapped.provider, wrapped.keyId, wrapped.keyVersion]
  const bytes = [wrapped.ciphertext, commitment].map((part) => Buffer.from(part).toString('base64'))
  return Buffer.concat([encodeKeyContext(record), encodeInfo([...texts, ...bytes])])
}

function areEqual(expected: Uint8Array, found: Uint8Array | undefined): boolean {
  return found?.length === expected.length && timingSafeEqual(expected, found)
}
