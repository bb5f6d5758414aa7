import { expect, test } from 'vitest'
import { createFindingsMemory } from './findings-memory.ts'
import type { FindingsMemory } from './findings-memory.ts'

const copy = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes)
let now = 0
const clock = { now: () => new Date(now) }

function createMemory(limits: { maxBytes?: number; maxBytesPerTenant?: number } = {}): FindingsMemory {
  now = 0
  return createFindingsMemory({ clock, maxBytes: 20_000, maxBytesPerTenant: 20_000, maxAgeMs: 1_000, ...limits })
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

test('bytes are bounded: what was not used gives way before what was, and no tenant takes the room of all', () => {
  const memory = createMemory({ maxBytes: 60_000, maxBytesPerTenant: 30_000 })
  const put = (tenant: string, text: string): void =>
    memory.set(tenant, memory.keyOf(tenant, '', text), new Uint8Array(200))
  const has = (tenant: string, text: string): boolean =>
    memory.get(tenant, memory.keyOf(tenant, '', text), copy) !== undefined
  put('acme', 'asked for')
  put('acme', 'not asked for')
  for (let n = 0; n < 1_000; n++) {
    put('acme', `${n}`)
    expect(has('acme', 'asked for')).toBe(true)
    expect(memory.bytes).toBeLessThanOrEqual(30_000)
  }
  expect(has('acme', 'not asked for')).toBe(false)
  expect(has('acme', '999')).toBe(true)
  for (let n = 0; n < 1_000; n++) put('globex', `${n}`)
  expect(memory.bytes).toBeLessThanOrEqual(60_000)
  expect(has('acme', 'asked for')).toBe(true)
  for (let n = 0; n < 1_000; n++) put('initech', `${n}`)
  expect(memory.bytes).toBeLessThanOrEqual(60_000)
  // The tenant that asked least recently gave: globex.
  expect([has('acme', 'asked for'), has('initech', '999')]).toEqual([true, true])
})

test('what is longer than any bound is not remembered, and a long text takes its own room', () => {
  const memory = createMemory({ maxBytes: 60_000, maxBytesPerTenant: 30_000 })
  const key = memory.keyOf('acme', '', 'long')
  memory.set('acme', key, new Uint8Array(31_000))
  expect(memory.get('acme', key, copy)).toBeUndefined()
  memory.set('acme', key, new Uint8Array(20_000).fill(9))
  memory.set('acme', memory.keyOf('acme', '', 'short'), Uint8Array.of(1))
  expect(memory.get('acme', key, copy)).toEqual(new Uint8Array(20_000).fill(9))
  expect(memory.get('acme', memory.keyOf('acme', '', 'short'), copy)).toEqual(Uint8Array.of(1))
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
