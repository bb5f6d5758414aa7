import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decryptChunks, encryptChunks } from './chunked.ts'
import type { Bytes } from './chunked.ts'
import { fromHex, readVectors } from './testing/vectors.ts'

interface Fields {
  readonly key: string
  readonly ctx: string
  /** Deflated (zlib) and then hex. */
  readonly ct: string
  readonly msgLength?: number
  readonly msgSha512?: string
}

interface Outcome {
  readonly plaintext: Buffer
  readonly code: string | undefined
}

/** What came out, and how it ended. */
async function read(stream: Bytes): Promise<Outcome> {
  const parts: Uint8Array[] = []
  try {
    for await (const part of stream) parts.push(part)
  } catch (error) {
    return { plaintext: Buffer.concat(parts), code: (error as { code: string }).code }
  }
  return { plaintext: Buffer.concat(parts), code: undefined }
}

function* slice(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size)
}

const KEY = createSecretKey(randomBytes(32))
const CONTEXT = Buffer.from('context')

describe('c2sp.org/chunked-encryption (EN-01)', () => {
  test.for(readVectors<Fields>('chunked'))(
    'Wycheproof $tcId: $result',
    async ({ key, ctx, ct, msgLength, msgSha512, result }) => {
      const sealed = inflateSync(fromHex(ct))
      // Pieces of any size give the same: whole, and cut where no chunk ends.
      for (const size of [Math.max(sealed.length, 1), 10_007]) {
        const { plaintext, code } = await read(
          decryptChunks(createSecretKey(fromHex(key)), fromHex(ctx), slice(sealed, size)),
        )
        expect(code).toBe(result === 'valid' ? undefined : 'keys.corrupt')
        // Of an invalid one the prefix that is valid comes out, or less: a last chunk that is whole shows the cut first.
        expect(result === 'valid' ? [msgLength] : [0, msgLength]).toContain(plaintext.length)
        if (plaintext.length === msgLength) {
          expect(createHash('sha512').update(plaintext).digest('hex')).toBe(msgSha512)
        }
      }
    },
  )

  test('what is encrypted comes back, whatever its length and however it is cut', async () => {
    const lengths = fc.oneof(
      fc.integer({ min: 0, max: 50_000 }),
      fc.constantFrom(0, 1, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769),
    )
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 40_000 }), async (length, size) => {
        const message = randomBytes(length)
        const sealed = await read(encryptChunks(KEY, CONTEXT, slice(message, size)))
        const chunks = Math.floor(length / 16_384) + 1
        expect(sealed.plaintext).toHaveLength(56 + length + 16 * chunks)
        const opened = await read(decryptChunks(KEY, CONTEXT, slice(sealed.plaintext, size)))
        expect([opened.code, opened.plaintext.equals(message)]).toEqual([undefined, true])
      }),
      { numRuns: 60 },
    )
  })

  test('any flipped bit, any cut and any addition ends in a refusal', async () => {
    const { plaintext: sealed } = await read(encryptChunks(KEY, CONTEXT, [randomBytes(20_000)]))
    const at = fc.integer({ min: 0, max: sealed.length - 1 })
    const damage = fc.oneof(
      fc.tuple(at, fc.integer({ min: 0, max: 7 })).map(([byte, bit]) => {
        const flipped = Buffer.from(sealed)
        flipped.writeUInt8(flipped.readUInt8(byte) ^ (1 << bit), byte)
        return flipped
      }),
      at.map((length) => sealed.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Buffer.concat([sealed, more])),
    )
    await fc.assert(
      fc.asyncProperty(damage, async (bytes) => {
        expect((await read(decryptChunks(KEY, CONTEXT, [bytes]))).code).toBe('keys.corrupt')
      }),
    )
  })

  test('a megabyte is never held whole: pieces come out while more goes in', async () => {
    let given = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 64; i += 1) {
        given += 1
        yield randomBytes(16_384)
      }
    }
    const stream = encryptChunks(KEY, CONTEXT, source())
    for (let i = 0; i < 4; i += 1) await stream.next()
    expect(given).toBeLessThan(8)
    await stream.return(undefined)
  })
})
