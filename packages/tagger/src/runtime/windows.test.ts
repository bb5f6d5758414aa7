import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutWindows, windowsAround } from './windows.ts'

describe('windows', () => {
  test('keep every place once, in order, whatever the length', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.integer({ min: 8, max: 200 }), (count, size) => {
        const windows = cutWindows(count, size, size >> 2)
        let next = 0
        for (const { from, to, keepFrom, keepTo } of windows) {
          expect(keepFrom).toBe(next)
          expect(keepTo).toBeGreaterThan(keepFrom)
          expect(from).toBeLessThanOrEqual(keepFrom)
          expect(to).toBeGreaterThanOrEqual(keepTo)
          expect(to - from).toBeLessThanOrEqual(size)
          next = keepTo
        }
        expect(next).toBe(count)
      }),
    )
  })

  test('answers away from the ends of a text have context on both sides', () => {
    for (const { from, to, keepFrom, keepTo } of cutWindows(1000, 128, 32)) {
      if (from > 0) expect(keepFrom - from).toBeGreaterThanOrEqual(16)
      if (to < 1000) expect(to - keepTo).toBeGreaterThanOrEqual(16)
    }
  })

  test('around wanted places keep each of them once, with context, and read no more than they must', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (flags) => {
        const wanted = Uint8Array.from(flags, (flag) => (flag ? 1 : 0))
        const kept = new Uint8Array(flags.length)
        for (const { from, to, keepFrom, keepTo } of windowsAround(wanted, flags.length, 64, 12)) {
          expect(to - from).toBeLessThanOrEqual(64)
          expect(from).toBeGreaterThanOrEqual(0)
          expect(keepFrom).toBeGreaterThanOrEqual(from)
          if (from > 0) expect(keepFrom - from).toBeGreaterThanOrEqual(12)
          expect(keepTo).toBeLessThanOrEqual(to)
          if (to < flags.length) expect(to - keepTo).toBe(12)
          // Nothing is read but for a wanted place and what stands beside it.
          expect(wanted.lastIndexOf(1, keepTo - 1) + 1 + 12).toBeGreaterThanOrEqual(to)
          for (let i = keepFrom; i < keepTo; i++) kept[i] = (kept[i] ?? 0) + 1
        }
        for (const [i, flag] of wanted.entries()) if (flag === 1) expect(kept[i]).toBe(1)
        expect(Math.max(0, ...kept)).toBeLessThanOrEqual(1)
      }),
    )
    expect(windowsAround(new Uint8Array(500), 500, 64, 12)).toEqual([])
  })
})
