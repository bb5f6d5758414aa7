import { createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createMac, deriveKey, encodeInfo } from './derive.ts'
import { fromHex as bytes, readVectors } from './testing/vectors.ts'

const hkdf = readVectors<{ ikm: string; salt: string; info: string; size: number; okm: string }>('hkdf-sha256')
const hmac = readVectors<{ key: string; msg: string; tag: string; tagBits: number }>('hmac-sha256')

describe('HKDF-SHA-256 (RFC 5869)', () => {
  test.for(hkdf)('Wycheproof $tcId: $result', ({ ikm, salt, info, size, okm, result }) => {
    const derive = (): Buffer =>
      deriveKey({
        secret: createSecretKey(bytes(ikm)),
        salt: bytes(salt),
        info: bytes(info),
        lengthBytes: size,
      }).export()
    if (result === 'valid') expect(derive().toString('hex')).toBe(okm)
    else expect(derive).toThrow(RangeError)
  })
})

describe('HMAC-SHA-256 (RFC 2104)', () => {
  test.for(hmac)('Wycheproof $tcId: $result', ({ key, msg, tag, tagBits, result }) => {
    const mac = createMac(createSecretKey(bytes(key)))(bytes(msg))
    expect(
      Buffer.from(mac)
        .subarray(0, tagBits / 8)
        .equals(bytes(tag)),
    ).toBe(result === 'valid')
  })
})

test('two lists of parts never have one encoding', () => {
  const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], []]
  expect(new Set(lists.map((parts) => Buffer.from(encodeInfo(parts)).toString('hex'))).size).toBe(lists.length)
})
