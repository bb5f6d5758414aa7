import { describe, expect, test } from 'vitest'
import { createRefusalCounter } from './rate-limit.ts'

describe('refusals of unknown callers', () => {
  test('are limited for each address, a minute at a time', () => {
    let nowMs = 0
    const counter = createRefusalCounter({ maxPerMinute: 2, elapsedMs: () => nowMs })
    const refuse = (address: string): number => counter.count(address, 'auth.invalid')
    expect([refuse('192.0.2.1'), refuse('192.0.2.1'), refuse('192.0.2.1')]).toEqual([0, 0, 60])
    expect(refuse('192.0.2.2')).toBe(0)
    nowMs = 59_500
    expect(refuse('192.0.2.1')).toBe(1)
    expect(counter.waitSeconds('192.0.2.1')).toBe(1)
    expect(counter.waitSeconds('192.0.2.2')).toBe(0)
    nowMs = 60_000
    expect(counter.waitSeconds('192.0.2.1')).toBe(0)
    expect(refuse('192.0.2.1')).toBe(0)
  })

  test('are counted by code, also past the limit, and each once', () => {
    const counter = createRefusalCounter({ maxPerMinute: 1 })
    counter.count('192.0.2.1', 'auth.missing')
    counter.count('192.0.2.1', 'auth.missing')
    counter.count('192.0.2.2', 'auth.invalid')
    const counts = counter.drain()
    expect([...counts]).toEqual([
      ['auth.invalid', 1],
      ['auth.missing', 2],
    ])
    expect(counter.drain().size).toBe(0)
    counter.restore(counts)
    expect([...counter.drain()]).toEqual([...counts])
  })

  test('on several replicas count together, for as long as the minute that ends last', () => {
    let nowMs = 0
    const make = () =>
      createRefusalCounter({ maxPerMinute: 4, elapsedMs: () => nowMs, referToAddress: (address) => `h(${address})` })
    const [a, b] = [make(), make()]
    for (const replica of [a, b, a, b]) replica.count('192.0.2.1', 'auth.invalid')
    a.count('192.0.2.2', 'auth.invalid')
    nowMs = 10_000
    expect(a.share(1)).toEqual([{ address: 'h(192.0.2.1)', refusals: 2, leftMs: 50_000 }])
    b.takeOthers(a.share(10))
    b.takeOthers(a.share(10))
    expect(b.waitSeconds('192.0.2.1')).toBe(50)
    expect(b.count('192.0.2.1', 'auth.invalid')).toBe(50)
    expect(b.waitSeconds('192.0.2.2')).toBe(0)
    expect(a.waitSeconds('192.0.2.1')).toBe(0)
    nowMs = 60_000
    expect([b.waitSeconds('192.0.2.1'), b.share(10)]).toEqual([0, []])
  })
})
