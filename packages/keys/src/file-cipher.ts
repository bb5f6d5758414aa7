import type { KeyObject } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import { decryptChunks, encryptChunks } from './chunked.ts'
import type { Bytes } from './chunked.ts'
import type { OpenDek } from './dek.ts'
import { deriveKey, encodeInfo } from './derive.ts'
import { DEK_ID_BYTES } from './field-cipher.ts'

/** What a file is. Every part is bound into its ciphertext: under another name, or of another model, it refuses to open. */
export interface FilePlace {
  readonly tenant: string
  /** Kind of file, e.g. `model`, `dataset`, `backup`: chooses the data key, with the subject. */
  readonly objectClass: string
  readonly subject?: string
  readonly fileId: string
}

/** So that a scan of a folder can tell an encrypted file from a plain one. */
const MAGIC = Buffer.from('bwf1')
const HEAD_BYTES = MAGIC.length + DEK_ID_BYTES

/** `bwf1`, key id (16 bytes), then a c2sp.org/chunked-encryption stream under a key derived from the data key. */
export async function* encryptFile(held: OpenDek, place: FilePlace, source: Bytes): AsyncGenerator<Uint8Array> {
  const head = Buffer.concat([MAGIC, Buffer.from(held.record.dekId, 'base64url')])
  yield head
  yield* encryptChunks(fileKey(held), contextOf(head, place), source)
}

/** `find` gives the data key of an id, or throws. Throws `keys.corrupt` as `decryptChunks` does. */
export async function* decryptFile(
  find: (dekId: string) => Promise<OpenDek>,
  place: FilePlace,
  source: Bytes,
): AsyncGenerator<Uint8Array> {
  const { head, rest } = await readHead(source)
  if (head.length < HEAD_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new AppError('keys.corrupt', { message: 'this is not an encrypted file' })
  }
  const held = await find(head.subarray(MAGIC.length).toString('base64url'))
  yield* decryptChunks(fileKey(held), contextOf(head, place), rest)
}

/** Another key than for fields: fields count their messages, chunks have nonces of their own. */
function fileKey({ key }: OpenDek): KeyObject {
  return deriveKey({ secret: key, info: encodeInfo(['breakwater file key v1']), lengthBytes: 32 })
}

function contextOf(head: Uint8Array, { tenant, objectClass, subject = '', fileId }: FilePlace): Uint8Array {
  const parts = ['breakwater file v1', tenant, objectClass, subject, fileId]
  if (!parts.every((part) => part.isWellFormed())) {
    throw new AppError('keys.context-mismatch', { message: 'the name of a file is not well-formed text' })
  }
  return encodeInfo(parts, head)
}

async function readHead(source: Bytes): Promise<{ readonly head: Buffer; readonly rest: Bytes }> {
  const reader = iterate(source)
  let held = Buffer.alloc(0)
  while (held.length < HEAD_BYTES) {
    const next = await reader.next()
    if (next.done === true) break
    held = Buffer.concat([held, next.value])
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield held.subarray(HEAD_BYTES)
    yield* reader
  }
  return { head: held.subarray(0, HEAD_BYTES), rest: rest() }
}

async function* iterate(source: Bytes): AsyncGenerator<Uint8Array> {
  yield* source
}
