import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBoundedTable } from './bounded-table.ts'

describe('createBoundedTable', () => {
  test('never holds more than allowed, and gives what was set last', () => {
    const step = fc.record({ id: fc.integer({ min: 0, max: 40 }), kind: fc.constantFrom('set', 'get', 'delete') })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 300 }), (max, steps) => {
        const table = createBoundedTable<number>(max)
        const truth = new Map<string, number>()
        steps.forEach(({ id, kind }, index) => {
          const name = String(id)
          if (kind === 'set') {
            table.set(name, index)
            truth.set(name, index)
            expect(table.get(name)).toBe(index)
          } else if (kind === 'delete') {
            table.delete(name)
            truth.delete(name)
            expect(table.get(name)).toBeUndefined()
          } else {
            expect([undefined, truth.get(name)]).toContain(table.get(name))
          }
          expect(table.size()).toBeLessThanOrEqual(max)
        })
      }),
    )
  })

  test('reading everything once pushes nobody out who is used often', () => {
    const table = createBoundedTable<number>(100)
    for (let round = 0; round < 3; round += 1) {
      for (let id = 0; id < 50; id += 1) if (table.get(`often-${id}`) === undefined) table.set(`often-${id}`, id)
    }
    for (let id = 0; id < 10_000; id += 1) table.set(`once-${id}`, id)
    const kept = Array.from({ length: 50 }, (_, id) => table.get(`often-${id}`)).filter((value) => value !== undefined)
    expect(kept).toHaveLength(50)
  })
})
