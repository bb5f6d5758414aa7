import { expect, test } from 'vitest'
import { createFindingsMemory } from './findings-memory.ts'
import type { FindingsMemory } from './findings-memory.ts'

const copy = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes)
let now = 0
const clock = { now: () => new Date(now) }

function createMemory(limits: { maxBytes?: number; maxBytesPerTenant?: number } = {}): FindingsMemory {
  now = 0
  return createFindingsMemory({ clock, maxBytes: 10_000, maxBytesPerTenant: 10_000, maxAgeMs: 1_000, ...limits })
}

test('what is remembered comes back for the tenant, text and context it was found under, and for no other', () => {
  const memory = createMemory()
  const key = memory.keyOf('acme', 'set 1', 'a text')
  memory.set('acme', key, Uint8Array.of(1, 2))
  expect(memory.get('acme', memory.keyOf('acme', 'set 1', 'a text'), copy)).toEqual(Uint8Array.of(1, 2))
  expect(memory.get('acme', memory.keyOf('acme', 'set 2', 'a text'), copy)).toBeUndefined()
  expect(memory.get('acme', memory.keyOf('acme', 'set 1', 'a text.'), copy)).toBeUndefined()
  expect(memory.get('globex', memory.keyOf('globex', 'set 1', 'a text'), copy)).toBeUndefined()
  // Under another tenant's key a text is another one: nobody can ask for what is not his.
  expect(memory.keyOf('globex', 'set 1', 'a text')).not.toBe(key)
  expect(memory.get('globex', key, copy)).toBeUndefined()
})

test('what is too old is gone, asked for or not', () => {
  const memory = createMemory()
  for (const text of ['a', 'b']) memory.set('acme', memory.keyOf('acme', '', text), Uint8Array.of(1))
  now = 1_000
  expect(memory.get('acme', memory.keyOf('acme', '', 'a'), copy)).toBeDefined()
  now = 1_001
  expect(memory.get('acme', memory.keyOf('acme', '', 'a'), copy)).toBeUndefined()
  memory.forget()
  expect(memory.bytes).toBe(0)
})

test('bytes are bounded: the least used of a tenant goes first, and no tenant takes the room of all', () => {
  const memory = createMemory({ maxBytes: 6_000, maxBytesPerTenant: 3_000 })
  const put = (tenant: string, text: string): void =>
    memory.set(tenant, memory.keyOf(tenant, '', text), new Uint8Array(700))
  const has = (tenant: string, text: string): boolean =>
    memory.get(tenant, memory.keyOf(tenant, '', text), copy) !== undefined
  for (const text of ['a', 'b', 'c']) put('acme', text)
  expect(has('acme', 'a')).toBe(true)
  put('acme', 'd')
  expect(['a', 'b', 'c', 'd'].map((text) => has('acme', text))).toEqual([true, false, true, true])
  for (let n = 0; n < 100; n++) put('globex', `${n}`)
  expect(memory.bytes).toBeLessThanOrEqual(6_000)
  expect(has('acme', 'a')).toBe(true)
  memory.set('acme', memory.keyOf('acme', '', 'long'), new Uint8Array(4_000))
  expect(has('acme', 'long')).toBe(false)
})

test('overwriting what fell out changes nothing that was given or read', () => {
  const memory = createMemory()
  const key = memory.keyOf('acme', '', 'a')
  const given = Uint8Array.of(7, 7)
  memory.set('acme', key, given)
  const taken = memory.get('acme', key, copy)
  memory.wipe()
  expect([given, taken]).toEqual([Uint8Array.of(7, 7), Uint8Array.of(7, 7)])
  expect(memory.bytes).toBe(0)
  expect(memory.get('acme', memory.keyOf('acme', '', 'a'), copy)).toBeUndefined()
})
