import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeCbor } from '../testing/cbor-encode.ts'
import { fromHex } from '../testing/vectors.ts'
import { decodeCbor } from './cbor.ts'
import type { Cbor } from './cbor.ts'

const { item } = fc.letrec<{ item: Cbor }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 300 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('item'), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(fc.nat(), fc.string()), tie('item')), { maxLength: 5, selector: ([key]) => key })
      .map((entries) => new Map(entries)),
  ),
}))

describe('CBOR (RFC 8949)', () => {
  test('decodes what another encoder made', () => {
    fc.assert(
      fc.property(item, (value) => {
        const bytes = encodeCbor(value)
        expect(encodeCbor(decodeCbor(bytes)).equals(bytes)).toBe(true)
      }),
    )
  })

  test.for([
    ['00', 0],
    ['1903e8', 1000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['3903e7', -1000],
    ['f6', null],
    ['6161', 'a'],
    ['62c3bc', 'ü'],
    ['80', []],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
  ] as const)('known answer %s', ([hex, value]) => expect(decodeCbor(fromHex(hex))).toEqual(value))

  test.for([
    ['indefinite bytes', '5f4100ff'],
    ['an indefinite list', '9f01ff'],
    ['an indefinite map', 'bfff'],
    ['a head that could be shorter', '1817'],
    ['a head of two bytes that could be one', '190017'],
    ['a tag', 'c100'],
    ['a float', 'f90000'],
    ['undefined', 'f7'],
    ['a duplicate key', 'a201000100'],
    ['a key that is a list', 'a18000'],
    ['text that is not UTF-8', '61ff'],
    ['an integer that a number cannot hold', '1bffffffffffffffff'],
    ['a list longer than its bytes', '9affffffff'],
    ['bytes longer than what follows', '5903e800'],
    ['anything after the item', '0000'],
    ['nothing', ''],
    ['nine levels', `${'81'.repeat(9)}00`],
  ])('refuses %s', ([, hex]) => expect(() => decodeCbor(fromHex(hex ?? ''))).toThrow(RangeError))

  test('any bytes are decoded or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeCbor(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})
