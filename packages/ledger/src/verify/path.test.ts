import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTilePath, tilePath } from './path.ts'

describe('tilePath', () => {
  test.for([
    [0, 0, 256, 'tile/0/000'],
    [1, 1_234_067, 256, 'tile/1/x001/x234/067'],
    [0, 273, 112, 'tile/0/273.p/112'],
    ['entries', 1000, 1, 'tile/entries/x001/000.p/1'],
  ] as const)('level %s index %i width %i is %s', ([level, index, width, path]) => {
    expect(tilePath({ level, index, width })).toBe(path)
  })

  test('is read back by parseTilePath', () => {
    const level = fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 6 }))
    const tiles = fc.record({ level, index: fc.nat({ max: 2 ** 40 }), width: fc.integer({ min: 1, max: 256 }) })
    fc.assert(
      fc.property(tiles, (name) => {
        expect(parseTilePath(tilePath(name))).toEqual(name)
      }),
    )
  })

  test.for([
    ['tile/0/0'],
    ['tile/0/000.p/256'],
    ['tile/0/000.p/01'],
    ['tile/0/x000/001'],
    ['tile/00/000'],
    ['tile/0/../000'],
    ['checkpoint'],
  ])('%s is no tile', ([path]) => {
    expect(parseTilePath(path ?? '')).toBeUndefined()
  })
})
