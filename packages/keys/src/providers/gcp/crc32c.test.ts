import { describe, expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

const UPWARDS = Uint8Array.from({ length: 32 }, (_, index) => index)

describe('CRC-32C (RFC 3720, B.4)', () => {
  test.for([
    ['32 bytes of zeroes', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 bytes upwards', UPWARDS, 0x46dd794e],
    ['32 bytes downwards', UPWARDS.toReversed(), 0x113fdb5c],
    ['the digits', Buffer.from('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(), 0],
  ] as const)('%s', ([, bytes, expected]) => {
    expect(crc32c(bytes)).toBe(expected)
  })
})
