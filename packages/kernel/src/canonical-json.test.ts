import { describe, expect, test } from 'vitest'
import { canonicalJson } from './index.ts'

describe('canonicalJson (RFC 8785)', () => {
  test('sorts keys by UTF-16 code units, at every depth', () => {
    expect(canonicalJson({ b: 1, a: { '\u20ac': 'x', '\r': [true, null], '1': 2 } })).toBe(
      '{"a":{"\\r":[true,null],"1":2,"€":"x"},"b":1}',
    )
  })

  test('prints numbers as the RFC does', () => {
    expect(canonicalJson([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    )
  })

  test('leaves out undefined members', () => {
    expect(canonicalJson({ a: undefined, b: 0 })).toBe('{"b":0}')
  })

  test.for([[Number.NaN], [Number.POSITIVE_INFINITY], ['\ud800']])('refuses what has no JSON text, %#', ([value]) => {
    expect(() => canonicalJson(value ?? null)).toThrow(RangeError)
  })
})
