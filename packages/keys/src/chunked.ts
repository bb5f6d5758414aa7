import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import { NONCE_BYTES, TAG_BYTES, openWithNonce, sealWithNonce } from './aead.ts'

// c2sp.org/chunked-encryption with SHA-512 and AES-256-GCM: salt, commitment, then chunks of 16 KiB each with its tag.
// The last chunk is always shorter, so a file that was cut at a chunk's end is known to be cut.

/** What arrives in pieces of any size: a file, a body, a socket. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

const KEY_BYTES = 32
const SALT_BYTES = 24
const COMMITMENT_BYTES = 32
const CHUNK_BYTES = 16 * 1024
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
const MAX_CHUNKS = 2 ** 38
const PREFIX = Buffer.concat([Buffer.from('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM'), Buffer.of(0)])

interface Derived {
  readonly key: KeyObject
  readonly baseNonce: Buffer
  readonly commitment: Buffer
}

/** Encrypts a stream in constant memory. Throws RangeError for a key that is not 32 bytes. */
export async function* encryptChunks(key: KeyObject, context: Uint8Array, source: Bytes): AsyncGenerator<Uint8Array> {
  const salt = randomBytes(SALT_BYTES)
  const derived = derive(key, salt, context)
  yield Buffer.concat([salt, derived.commitment])
  let index = 0
  for await (const { bytes, isLast } of cut(source, CHUNK_BYTES)) {
    if (index >= MAX_CHUNKS) throw new RangeError('a message of more than 4 PiB')
    // A message that ends with a whole chunk ends with an empty one after it.
    yield sealWithNonce(derived.key, nonceOf(derived, index), bytes, NO_AAD)
    index += 1
    if (isLast && bytes.length === CHUNK_BYTES) yield sealWithNonce(derived.key, nonceOf(derived, index), NONE, NO_AAD)
  }
}

/**
 * Decrypts a stream in constant memory: each piece is handed out once its own tag was checked, and the end is known to be
 * the end only when the generator returns. Throws `keys.corrupt` for another key or context, and for anything altered, cut
 * short, reordered or added.
 */
export async function* decryptChunks(key: KeyObject, context: Uint8Array, source: Bytes): AsyncGenerator<Uint8Array> {
  let derived: Derived | undefined
  let index = 0
  for await (const { bytes, isLast } of cut(source, SEALED_CHUNK_BYTES, SALT_BYTES + COMMITMENT_BYTES)) {
    if (!derived) {
      // The header comes alone: nothing may follow too little of it.
      derived = readHeader(key, context, bytes)
      if (isLast) throw corrupt()
      continue
    }
    if (isLast && bytes.length === SEALED_CHUNK_BYTES) throw corrupt()
    const plaintext =
      index < MAX_CHUNKS ? openWithNonce(derived.key, nonceOf(derived, index), bytes, NO_AAD) : undefined
    if (!plaintext) throw corrupt()
    index += 1
    yield plaintext
  }
}

const NONE = new Uint8Array()
const NO_AAD = NONE

function readHeader(key: KeyObject, context: Uint8Array, header: Uint8Array): Derived {
  if (header.length < SALT_BYTES + COMMITMENT_BYTES || key.symmetricKeySize !== KEY_BYTES) throw corrupt()
  const derived = derive(key, header.subarray(0, SALT_BYTES), context)
  if (!timingSafeEqual(derived.commitment, header.subarray(SALT_BYTES))) throw corrupt()
  return derived
}

function derive(key: KeyObject, salt: Uint8Array, context: Uint8Array): Derived {
  if (key.symmetricKeySize !== KEY_BYTES) throw new RangeError('a key that is not 32 bytes')
  const okm = expand(key, Buffer.concat([PREFIX, salt, context]), KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES)
  const derived = {
    key: createSecretKey(okm.subarray(0, KEY_BYTES)),
    baseNonce: Buffer.from(okm.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES)),
    commitment: Buffer.from(okm.subarray(KEY_BYTES + NONCE_BYTES)),
  }
  okm.fill(0)
  return derived
}

/** HKDF-Expand with SHA-512 (RFC 5869, 2.3): Node has only the whole of HKDF. */
function expand(key: KeyObject, info: Uint8Array, lengthBytes: number): Buffer {
  const blocks: Buffer[] = []
  let previous = Buffer.alloc(0)
  for (let counter = 1; Buffer.concat(blocks).length < lengthBytes; counter += 1) {
    previous = createHmac('sha512', key).update(previous).update(info).update(Buffer.of(counter)).digest()
    blocks.push(previous)
  }
  return Buffer.concat(blocks).subarray(0, lengthBytes)
}

function nonceOf({ baseNonce }: Derived, index: number): Buffer {
  const nonce = Buffer.from(baseNonce)
  const at = NONCE_BYTES - 6
  // 38 bits of counter in the last 6 bytes; more than 32 bits, so no bitwise operators on the whole.
  const counter = Buffer.alloc(6)
  counter.writeUIntBE(index, 0, 6)
  for (let i = 0; i < 6; i += 1) nonce.writeUInt8(nonce.readUInt8(at + i) ^ counter.readUInt8(i), at + i)
  return nonce
}

interface Piece {
  readonly bytes: Buffer
  readonly isLast: boolean
}

/** A stream in pieces of one size, the first of its own; the last may be shorter, or empty when nothing came. */
async function* cut(source: Bytes, sizeBytes: number, firstBytes = sizeBytes): AsyncGenerator<Piece> {
  let parts: Uint8Array[] = []
  let held = 0
  let wanted = firstBytes
  for await (const part of source) {
    if (part.length === 0) continue
    parts.push(part)
    held += part.length
    // One byte more than a piece shows that it is not the last.
    if (held <= wanted) continue
    const all = Buffer.concat(parts)
    let offset = 0
    while (all.length - offset > wanted) {
      yield { bytes: all.subarray(offset, offset + wanted), isLast: false }
      offset += wanted
      wanted = sizeBytes
    }
    parts = [all.subarray(offset)]
    held = all.length - offset
  }
  yield { bytes: Buffer.concat(parts), isLast: true }
}

function corrupt(): AppError {
  return new AppError('keys.corrupt', { message: 'the file was altered or cut short, or is not the one asked for' })
}
