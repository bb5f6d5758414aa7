import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecordTable } from './record-table.ts'

const BLOCK_BYTES = 512

/** What is done to a table, and to a plain map beside it. */
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant('set' as const), fc.nat(40), fc.nat(400)) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('get' as const), fc.nat(40), fc.constant(0)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('delete' as const), fc.nat(40), fc.constant(0)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('release' as const), fc.constant(0), fc.constant(0)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('recycle' as const), fc.constant(0), fc.constant(0)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('forget' as const), fc.nat(300), fc.constant(0)) },
  ),
  { maxLength: 300 },
)

test('whatever is set, asked for, dropped and forgotten: what comes back is what was set last under the key, or nothing', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const table = createRecordTable(BLOCK_BYTES)
      const known = new Map<string, { bytes: Uint8Array; at: number }>()
      for (const [at, [step, key, value]] of all.entries()) {
        const name = `key ${key}`
        if (step === 'set') {
          const bytes = new Uint8Array(value).fill(at)
          const before = table.bytes
          const more = table.bytesFor(name.length, value)
          table.set(name, bytes, at)
          // Never more than was said; less when it took the place of another.
          expect(table.bytes).toBeLessThanOrEqual(before + more + 8)
          known.set(name, { bytes, at })
        } else if (step === 'delete') {
          table.delete(name)
          known.delete(name)
        } else if (step === 'forget') {
          table.forget(key)
          for (const [each, { at: then }] of known) if (then < key) known.delete(each)
        } else if (step !== 'get') table[step]()
        for (const each of step === 'get' ? [name] : known.keys()) {
          const found = table.get(each)
          // What a block took with it is gone for good.
          if (!found) known.delete(each)
          else expect([Uint8Array.from(found.bytes), found.at]).toEqual([known.get(each)?.bytes, known.get(each)?.at])
        }
      }
      while (table.release());
      for (const each of known.keys()) expect(table.get(each)).toBeUndefined()
    }),
    { numRuns: 300 },
  )
})

test('without dropping anything nothing is lost, however often the index grows', () => {
  const table = createRecordTable(BLOCK_BYTES)
  for (let n = 0; n < 5_000; n++) table.set(`key ${n}`, Uint8Array.of(n & 255, n >> 8), n)
  for (let n = 0; n < 5_000; n++) expect(table.get(`key ${n}`)?.bytes).toEqual(Uint8Array.of(n & 255, n >> 8))
  table.forget(5_000)
  expect(table.bytes).toBe(0)
})
