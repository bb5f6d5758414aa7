import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { createMac } from './derive.ts'
import type { Envelope } from './envelope.ts'
import { FIELD_OVERHEAD_BYTES, readDekId } from './field-cipher.ts'
import type { FieldPlace } from './field-cipher.ts'
import type { DekRecord } from './dek.ts'
import type { KekProvider } from './kek-provider.ts'
import { test } from './testing/envelope-bench.ts'

const PLACE: FieldPlace = {
  tenant: 'north',
  objectClass: 'note',
  subject: 'cGF0aWVudA',
  table: 'notes',
  column: 'body',
  row: '17',
}
const { subject: _none, ...SHARED } = PLACE
const TEXT = Buffer.from('synthetic note')
const anyPart = fc.string({ unit: 'grapheme', maxLength: 40 })
const anyId = fc.stringMatching(/^[\w.:-]{1,40}$/)
const anyPlace: fc.Arbitrary<FieldPlace> = fc.record(
  { tenant: anyId, objectClass: anyId, subject: anyId, table: anyPart, column: anyPart, row: anyPart },
  { requiredKeys: ['tenant', 'objectClass', 'table', 'column', 'row'] },
)
const isRefusal = expect.objectContaining({ code: expect.stringMatching(/^keys\.(corrupt|context-mismatch)$/) })

describe('a sealed field (EN-01)', () => {
  test('comes back, whatever it holds and wherever it lies', async ({ bench }) => {
    const envelope = bench.create()
    await fc.assert(
      fc.asyncProperty(anyPlace, fc.uint8Array({ maxLength: 300 }), async (place, plaintext) => {
        const sealed = await envelope.seal(place, plaintext)
        expect(sealed).toHaveLength(plaintext.length + FIELD_OVERHEAD_BYTES)
        expect(Buffer.from(await envelope.open(place, sealed)).equals(plaintext)).toBe(true)
      }),
    )
  })

  test('refuses after any one bit was flipped', async ({ bench }) => {
    const envelope = bench.create()
    const sealed = await envelope.seal(PLACE, TEXT)
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed)
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      await expect(envelope.open(PLACE, flipped)).rejects.toEqual(isRefusal)
    }
  })

  test('refuses at every shorter length, and with anything after it', async ({ bench }) => {
    const envelope = bench.create()
    const sealed = await envelope.seal(PLACE, TEXT)
    for (let length = 0; length < sealed.length; length += 1) {
      await expect(envelope.open(PLACE, sealed.subarray(0, length))).rejects.toEqual(isRefusal)
    }
    await expect(envelope.open(PLACE, Buffer.concat([sealed, Buffer.of(0)]))).rejects.toEqual(isRefusal)
  })

  test('refuses at any other place: each part of it counts', async ({ bench }) => {
    const envelope = bench.create()
    await fc.assert(
      fc.asyncProperty(anyPlace, anyPlace, async (place, other) => {
        const sealed = await envelope.seal(place, TEXT)
        for (const part of ['tenant', 'objectClass', 'subject', 'table', 'column', 'row'] as const) {
          if (other[part] === place[part]) continue
          const { [part]: _left, ...rest } = place
          const moved = { ...rest, ...(other[part] !== undefined && { [part]: other[part] }) } as FieldPlace
          await expect(envelope.open(moved, sealed)).rejects.toEqual(isRefusal)
        }
      }),
    )
  })

  test('parts do not run into each other', async ({ bench }) => {
    const envelope = bench.create()
    const sealed = await envelope.seal({ ...SHARED, table: 'ab', column: 'c' }, TEXT)
    await expect(envelope.open({ ...SHARED, table: 'a', column: 'bc' }, sealed)).rejects.toEqual(isRefusal)
  })

  test('a place with a lone surrogate is refused: in UTF-8 two of them would be one', async ({ bench }) => {
    await expect(bench.create().seal({ ...PLACE, row: '\ud800' }, TEXT)).rejects.toEqual(isRefusal)
  })

  test('two sealings of one value differ', async ({ bench }) => {
    const envelope = bench.create()
    const [one, two] = [await envelope.seal(PLACE, TEXT), await envelope.seal(PLACE, TEXT)]
    expect(Buffer.from(one).equals(two)).toBe(false)
  })
})

describe('data keys', () => {
  test('are one a tenant and class, and one a patient where a subject is named', async ({ bench }) => {
    const envelope = bench.create()
    const idOf = async (place: FieldPlace): Promise<string> => readDekId(await envelope.seal(place, TEXT))
    const places = [
      SHARED,
      { ...SHARED, row: '18' },
      PLACE,
      { ...PLACE, subject: 'b3RoZXI' },
      { ...SHARED, tenant: 'south' },
    ]
    const [shared, sameClass, ...others] = await Promise.all(places.map(idOf))
    expect(sameClass).toBe(shared)
    expect(new Set([shared, ...others]).size).toBe(4)
  })

  test('an answer from memory asks neither key service nor store', async ({ bench }) => {
    const envelope = bench.create()
    const sealed = await envelope.seal(PLACE, TEXT)
    bench.calls.count = 0
    bench.store.reads.count = 0
    for (let i = 0; i < 200; i += 1) await envelope.open(PLACE, await envelope.seal(PLACE, TEXT))
    await envelope.open(PLACE, sealed)
    expect([bench.calls.count, bench.store.reads.count]).toEqual([0, 0])
  })

  test('a thousand patients cost the key service one call', async ({ bench }) => {
    const envelope = bench.create()
    for (let i = 0; i < 1000; i += 1) await envelope.seal({ ...PLACE, subject: `s${i}` }, TEXT)
    expect(bench.calls.count).toBe(1)
  })

  test('those who ask together share one call', async ({ bench }) => {
    const sealed = await bench.create().seal(SHARED, TEXT)
    bench.calls.count = 0
    const cold = bench.create()
    await Promise.all(Array.from({ length: 50 }, async () => cold.open(SHARED, sealed)))
    expect(bench.calls.count).toBe(1)
  })

  test('replicas that start together agree on one key', async ({ bench }) => {
    const replicas = [bench.create(), bench.create(), bench.create()]
    const sealed = await Promise.all(replicas.map(async (replica) => replica.seal(PLACE, TEXT)))
    expect(new Set(sealed.map(readDekId)).size).toBe(1)
    for (const replica of replicas) for (const each of sealed) await replica.open(PLACE, each)
  })

  test('no more are held than allowed', async ({ bench }) => {
    const envelope = bench.create({ cache: { maxKeys: 10 } })
    for (let i = 0; i < 30; i += 1) await envelope.seal({ ...PLACE, subject: `s${i}` }, TEXT)
    expect(envelope.stats().keys).toBe(10)
  })

  test('of another environment are refused (AC-12)', async ({ bench }) => {
    const sealed = await bench.create().seal(SHARED, TEXT)
    const [id, record] = bench.store.records.entries().next().value ?? []
    bench.store.records.set(String(id), { ...(record as DekRecord), environment: 'production' })
    await expect(bench.create().open(SHARED, sealed)).rejects.toMatchObject({ code: 'keys.environment-refused' })
    expect(() => bench.create({ environment: 'development' })).toThrow(
      expect.objectContaining({ code: 'keys.environment-refused' }),
    )
  })
})

describe('a stored data key', () => {
  const alterations: readonly (readonly [string, (record: DekRecord) => DekRecord])[] = [
    ['tenant', (record) => ({ ...record, tenant: 'south' })],
    ['class', (record) => ({ ...record, objectClass: 'model' })],
    ['subject', (record) => ({ ...record, subject: 'b3RoZXI' })],
    ['use', (record) => ({ ...record, use: record.use === 'data' ? 'wrap' : 'data' })],
    ['commitment', (record) => ({ ...record, commitment: new Uint8Array(32) })],
    ['provider', (record) => ({ ...record, wrapped: { ...record.wrapped, provider: 'local' } })],
    ['wrapping key', (record) => ({ ...record, wrapped: { ...record.wrapped, keyId: record.dekId } })],
    ['wrapped bytes', (record) => ({ ...record, wrapped: { ...record.wrapped, ciphertext: new Uint8Array(60) } })],
  ]
  test.for(alterations)('with another %s refuses', async ([, alter], { bench }) => {
    const sealed = await bench.create().seal(PLACE, TEXT)
    const id = readDekId(sealed)
    bench.store.records.set(id, alter(bench.store.records.get(id) as DekRecord))
    await expect(bench.create().open(PLACE, sealed)).rejects.toMatchObject({
      code: expect.stringMatching(/^keys\.(corrupt|context-mismatch|unavailable)$/),
    })
  })

  test('put in place of another subject’s refuses: the provider would open it', async ({ bench }) => {
    const envelope = bench.create()
    const mine = readDekId(await envelope.seal(PLACE, TEXT))
    const sealed = await envelope.seal({ ...PLACE, subject: 'b3RoZXI' }, TEXT)
    const theirs = bench.store.records.get(readDekId(sealed)) as DekRecord
    const { wrapped, commitment } = bench.store.records.get(mine) as DekRecord
    bench.store.records.set(theirs.dekId, { ...theirs, wrapped, commitment })
    await expect(bench.create().open({ ...PLACE, subject: 'b3RoZXI' }, sealed)).rejects.toEqual(isRefusal)
  })

  test('that somebody else wrapped refuses, with a provider that lets anybody wrap', async ({ bench }) => {
    const open = (key: number): Envelope =>
      bench.create({
        providers: [{ ...bench.kek, describe: () => ({ ...bench.kek.describe(), authenticatesWraps: false }) }],
        recordMac: createMac(createSecretKey(Buffer.alloc(32, key))),
      })
    const sealed = await open(1).seal(SHARED, TEXT)
    expect(await open(1).open(SHARED, sealed)).toEqual(TEXT)
    await expect(open(2).open(SHARED, sealed)).rejects.toMatchObject({ code: 'keys.corrupt' })
  })

  test('a provider that lets anybody wrap needs a record MAC', ({ bench }) => {
    const describe_ = (): ReturnType<KekProvider['describe']> => ({
      ...bench.kek.describe(),
      authenticatesWraps: false,
    })
    expect(() => bench.create({ providers: [{ ...bench.kek, describe: describe_ }] })).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    )
  })
})

describe('with the key service away', () => {
  test.for(['keys.unavailable', 'keys.throttled'] as const)(
    '%s: a held key works for its 15 minutes, then refuses',
    async (code, { bench }) => {
      const envelope = bench.create()
      const places = [SHARED, PLACE]
      for (const place of places) await envelope.seal(place, TEXT)
      bench.calls.failWith = code
      bench.clock.nowMs += 14 * 60_000
      for (const place of places) await envelope.open(place, await envelope.seal(place, TEXT))
      bench.clock.nowMs += 60_000
      for (const place of places) await expect(envelope.seal(place, TEXT)).rejects.toMatchObject({ code })
    },
  )

  test('it is asked once in ten seconds, not at each use', async ({ bench }) => {
    const envelope = bench.create()
    await envelope.seal(PLACE, TEXT)
    bench.calls.failWith = 'keys.unavailable'
    bench.clock.nowMs += 6 * 60_000
    bench.calls.count = 0
    for (let i = 0; i < 100; i += 1) await envelope.seal(PLACE, TEXT)
    expect(bench.calls.count).toBe(1)
  })

  test('a key that is not held refuses at once', async ({ bench }) => {
    const sealed = await bench.create().seal(PLACE, TEXT)
    bench.calls.failWith = 'keys.unavailable'
    await expect(bench.create().open(PLACE, sealed)).rejects.toMatchObject({ code: 'keys.unavailable' })
  })

  test('once it is back everything works again', async ({ bench }) => {
    const envelope = bench.create()
    const sealed = await envelope.seal(PLACE, TEXT)
    bench.calls.failWith = 'keys.unavailable'
    bench.clock.nowMs += 20 * 60_000
    await expect(envelope.open(PLACE, sealed)).rejects.toMatchObject({ code: 'keys.unavailable' })
    bench.calls.failWith = undefined
    expect(await envelope.open(PLACE, sealed)).toEqual(TEXT)
  })

  test.for(['keys.disabled', 'keys.destroyed', 'keys.denied'] as const)(
    '%s ends held keys within five minutes, patients’ too',
    async (code, { bench }) => {
      const envelope = bench.create()
      for (const place of [SHARED, PLACE]) await envelope.seal(place, TEXT)
      bench.calls.failWith = code
      bench.clock.nowMs += 5 * 60_000
      for (const place of [SHARED, PLACE]) await expect(envelope.seal(place, TEXT)).rejects.toMatchObject({ code })
    },
  )

  test('a clock that was set back makes no key younger', async ({ bench }) => {
    const envelope = bench.create()
    await envelope.seal(SHARED, TEXT)
    bench.calls.failWith = 'keys.unavailable'
    bench.clock.nowMs -= 60 * 60_000
    await expect(envelope.seal(SHARED, TEXT)).rejects.toMatchObject({ code: 'keys.unavailable' })
  })

  test('a held key is confirmed before it is due, without making anybody wait', async ({ bench }) => {
    const envelope = bench.create()
    await envelope.seal(SHARED, TEXT)
    for (let minute = 0; minute < 60; minute += 1) {
      bench.clock.nowMs += 60_000
      await envelope.seal(SHARED, TEXT)
      await new Promise(setImmediate)
    }
    expect(bench.calls.count).toBeGreaterThan(10)
    bench.calls.failWith = 'keys.unavailable'
    await envelope.seal(SHARED, TEXT)
  })
})

describe('rotation (EN-06)', () => {
  test('of a data key: new work under the new one, old fields still open', async ({ bench }) => {
    const envelope = bench.create()
    for (const place of [SHARED, PLACE]) {
      const old = await envelope.seal(place, TEXT)
      const { dekId } = await envelope.rotate({ ...place, use: 'data' })
      const fresh = await envelope.seal(place, TEXT)
      expect([readDekId(fresh), readDekId(old) === dekId]).toEqual([dekId, false])
      expect(await envelope.open(place, old)).toEqual(TEXT)
    }
  })

  test('of the key-encryption key: after re-wrapping the old version may go, and nothing fails', async ({ bench }) => {
    const envelope = bench.create()
    const sealed = await Promise.all([SHARED, PLACE].map(async (place) => envelope.seal(place, TEXT)))
    await bench.kek.rotate()
    let rewrapped = 0
    for (const record of bench.store.records.values()) {
      if (record === 'shredded' || !(await envelope.isDueForRewrap(record))) continue
      bench.store.records.set(record.dekId, await envelope.rewrap(record))
      rewrapped += 1
    }
    await bench.kek.destroy('1')
    const restarted = bench.create()
    expect(await restarted.open(SHARED, sealed[0] ?? Buffer.of())).toEqual(TEXT)
    expect(await restarted.open(PLACE, sealed[1] ?? Buffer.of())).toEqual(TEXT)
    // The patient's key hangs under the wrap key: only that one and the shared data key had to move.
    expect(rewrapped).toBe(2)
  })

  test('of a wrap key: patients’ keys move under the new one', async ({ bench }) => {
    const envelope = bench.create()
    const sealed = await envelope.seal(PLACE, TEXT)
    const record = bench.store.records.get(readDekId(sealed)) as DekRecord
    expect(await envelope.isDueForRewrap(record)).toBe(false)
    const { dekId } = await envelope.rotate({ tenant: 'north', objectClass: 'note', use: 'wrap' })
    expect(await envelope.isDueForRewrap(record)).toBe(true)
    const moved = await envelope.rewrap(record)
    expect(moved.wrapped.keyId).toBe(dekId)
    bench.store.records.set(record.dekId, moved)
    bench.store.records.set(record.wrapped.keyId, 'shredded')
    expect(await bench.create().open(PLACE, sealed)).toEqual(TEXT)
  })
})

describe('messages a key', () => {
  test('are counted over replicas and restarts, and a used-up key is rotated', async ({ bench }) => {
    const ids: string[] = []
    for (let restart = 0; restart < 4; restart += 1) {
      const envelope = bench.create({ maxMessagesPerDek: 300 })
      for (let i = 0; i < 200; i += 1) ids.push(readDekId(await envelope.seal(SHARED, TEXT)))
    }
    const counts = Map.groupBy(ids, (id) => id)
    expect(Math.max(...Array.from(counts.values(), (each) => each.length))).toBeLessThanOrEqual(300)
    expect(counts.size).toBeGreaterThanOrEqual(3)
  })

  test('together with others nobody gets a message too many', async ({ bench }) => {
    const envelope = bench.create({ maxMessagesPerDek: 300 })
    const sealed = await Promise.all(Array.from({ length: 1000 }, async () => envelope.seal(SHARED, TEXT)))
    const counts = Map.groupBy(sealed.map(readDekId), (id) => id)
    expect(Math.max(...Array.from(counts.values(), (each) => each.length))).toBeLessThanOrEqual(300)
  })

  test('with no key that has any left, sealing is refused', async ({ bench }) => {
    await expect(bench.create({ maxMessagesPerDek: 0 }).seal(SHARED, TEXT)).rejects.toMatchObject({
      code: 'keys.exhausted',
    })
  })
})

describe('shredding (EN-13)', () => {
  test('a patient’s key gone, the patient’s fields are gone; others’ stay', async ({ bench }) => {
    const envelope = bench.create()
    const other = { ...PLACE, subject: 'b3RoZXI' }
    const [mine, theirs] = [await envelope.seal(PLACE, TEXT), await envelope.seal(other, TEXT)]
    bench.store.records.set(readDekId(mine), 'shredded')
    envelope.forget(readDekId(mine))
    await expect(envelope.open(PLACE, mine)).rejects.toMatchObject({ code: 'keys.destroyed' })
    expect(await envelope.open(other, theirs)).toEqual(TEXT)
    expect(readDekId(await envelope.seal(PLACE, TEXT))).not.toBe(readDekId(mine))
  })

  test('a replica that was not told stops within five minutes', async ({ bench }) => {
    const envelope = bench.create()
    const sealed = await envelope.seal(PLACE, TEXT)
    bench.store.records.set(readDekId(sealed), 'shredded')
    bench.clock.nowMs += 5 * 60_000
    await expect(envelope.open(PLACE, sealed)).rejects.toMatchObject({ code: 'keys.destroyed' })
  })
})
