import { createSecretKey, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMac } from '../derive.ts'
import { createDek, openDek, rewrapDek } from '../dek.ts'
import type { DekRecord, DekWrapper } from '../dek.ts'
import type { KekProvider } from '../kek-provider.ts'
import type { KeyContext } from '../key-context.ts'

/** How the service misbehaves, from the next call on, until `heal`. */
export type KekFault = 'denied' | 'garbage' | 'stalled' | 'throttled' | 'unreachable'

/** One provider on a service (or token, or file) of its own, with the hands of the service's administrator. */
export interface KekHarness {
  /** Opened with a deadline of at most 1,500 ms. */
  readonly provider: KekProvider
  /** Adds a version, which becomes the current one. */
  rotate(): Promise<void>
  disable(keyVersion: string): Promise<void>
  enable(keyVersion: string): Promise<void>
  destroy(keyVersion: string): Promise<void>
  inject(fault: KekFault): Promise<void>
  heal(): Promise<void>
  /** After `provider.close()`. */
  close(): Promise<void>
}

export interface KekContractOptions {
  readonly open: () => Promise<KekHarness>
  /** Why a fault cannot happen with this provider: its test is skipped under this reason. */
  readonly cannot?: Readonly<Partial<Record<KekFault | 'disable' | 'destroy' | 'rotate', string>>>
}

const CONTEXT: KeyContext = {
  environment: 'test',
  tenant: 'north',
  objectClass: 'document',
  subject: 'c3ViamVjdA',
  use: 'data',
  dekId: 'dek-1',
}
const OTHERS: readonly (readonly [string, KeyContext])[] = [
  ['tenant', { ...CONTEXT, tenant: 'south' }],
  ['object class', { ...CONTEXT, objectClass: 'model' }],
  ['subject', { ...CONTEXT, subject: 'b3RoZXI' }],
  ['use', { ...CONTEXT, use: 'wrap' }],
  ['id', { ...CONTEXT, dekId: 'dek-2' }],
  ['environment', { ...CONTEXT, environment: 'production' }],
]

/** What every provider of keys must do. Call it at the top of a test file, once a provider. */
export function describeKekContract(name: string, { open, cannot = {} }: KekContractOptions): void {
  describe(`${name}: contract of a key provider`, () => {
    let harness: KekHarness
    let wrapper: DekWrapper
    const provider = (): KekProvider => harness.provider
    const when = (need: KekFault | 'disable' | 'destroy' | 'rotate', title: string, run: () => Promise<void>): void => {
      const reason = cannot[need]
      test.skipIf(reason !== undefined)(reason === undefined ? title : `${title} [${reason}]`, run)
    }
    const seal = async (): Promise<DekRecord> => (await createDek(CONTEXT, wrapper)).record
    const isOpen = async (record: DekRecord): Promise<boolean> => (await openDek(record, wrapper)).type === 'secret'

    beforeEach(async () => {
      harness = await open()
      const recordMac = createMac(createSecretKey(Buffer.alloc(32, 7)))
      wrapper = {
        name: provider().name,
        wrap: async (...input) => provider().wrap(...input),
        unwrap: async (...input) => provider().unwrap(...input),
        ...(!provider().describe().authenticatesWraps && { recordMac }),
      }
    })
    afterEach(async () => {
      await harness.heal()
      await provider().close()
      await harness.close()
    })

    test('round trip: a key comes back, byte for byte, and its wrapping names provider and version', async () => {
      const dek = randomBytes(32)
      const wrapped = await provider().wrap(dek, CONTEXT)
      expect(wrapped).toMatchObject({ provider: provider().name, keyVersion: await provider().currentVersion() })
      expect(Buffer.from(wrapped.ciphertext).includes(dek)).toBe(false)
      expect(Buffer.from(await provider().unwrap(wrapped, CONTEXT)).equals(dek)).toBe(true)
    })

    test('two wrappings of one key differ', async () => {
      const dek = randomBytes(32)
      const [one, two] = [await provider().wrap(dek, CONTEXT), await provider().wrap(dek, CONTEXT)]
      expect(Buffer.from(one.ciphertext).equals(two.ciphertext)).toBe(false)
    })

    test.for(OTHERS)('wrong context: a key moved to another %s is refused', async ([, other]) => {
      const record = await seal()
      const refused = { code: expect.stringMatching(/^keys\.(context-mismatch|corrupt)$/) }
      await expect(openDek({ ...record, ...other }, wrapper)).rejects.toMatchObject(refused)
      if (provider().describe().bindsContext) {
        await expect(provider().unwrap(record.wrapped, other)).rejects.toMatchObject(refused)
      }
    })

    when(
      'rotate',
      'after rotation the old version still opens, new work uses the new one, re-wrapping moves',
      async () => {
        const old = await seal()
        await harness.rotate()
        expect(await provider().currentVersion()).not.toBe(old.wrapped.keyVersion)
        const moved = await rewrapDek(old, wrapper, wrapper)
        expect(moved.wrapped.keyVersion).toBe(await provider().currentVersion())
        expect((await openDek(moved, wrapper)).equals(await openDek(old, wrapper))).toBe(true)
      },
    )

    when('disable', 'disabled: refused as such, and opens again once enabled', async () => {
      const record = await seal()
      await harness.disable(record.wrapped.keyVersion)
      await expect(openDek(record, wrapper)).rejects.toMatchObject({ code: 'keys.disabled' })
      await harness.enable(record.wrapped.keyVersion)
      expect(await isOpen(record)).toBe(true)
    })

    when('destroy', 'destroyed: refused as such, for ever', async () => {
      const record = await seal()
      await harness.rotate()
      await harness.destroy(record.wrapped.keyVersion)
      await expect(openDek(record, wrapper)).rejects.toMatchObject({ code: 'keys.destroyed' })
    })

    when('throttled', 'throttled: refused as such, and works again afterwards', async () => {
      const record = await seal()
      await harness.inject('throttled')
      await expect(openDek(record, wrapper)).rejects.toMatchObject({ code: 'keys.throttled' })
      await expect(seal()).rejects.toMatchObject({ code: 'keys.throttled' })
      await harness.heal()
      expect(await isOpen(record)).toBe(true)
    })

    when('denied', 'credentials refused: reported as such', async () => {
      const record = await seal()
      await harness.inject('denied')
      await expect(openDek(record, wrapper)).rejects.toMatchObject({ code: 'keys.denied' })
    })

    when('unreachable', 'unreachable: refused, and works again afterwards', async () => {
      const record = await seal()
      await harness.inject('unreachable')
      await expect(openDek(record, wrapper)).rejects.toMatchObject({ code: 'keys.unavailable' })
      await harness.heal()
      expect(await isOpen(record)).toBe(true)
    })

    when('stalled', 'slow: refused when the deadline has passed, and not much later', async () => {
      const record = await seal()
      await harness.inject('stalled')
      const startedAt = performance.now()
      await expect(openDek(record, wrapper)).rejects.toMatchObject({ code: 'keys.unavailable' })
      expect(performance.now() - startedAt).toBeLessThan(2000)
    })

    when('stalled', 'a caller that gives up does not wait for the service', async () => {
      const record = await seal()
      await harness.inject('stalled')
      const signal = AbortSignal.timeout(20)
      await expect(openDek(record, wrapper, { signal })).rejects.toMatchObject({ code: 'request.aborted' })
    })

    when('garbage', 'garbage from the service is refused', async () => {
      const record = await seal()
      await harness.inject('garbage')
      const refused = { code: expect.stringMatching(/^keys\.(context-mismatch|corrupt|unavailable)$/) }
      await expect(openDek(record, wrapper)).rejects.toMatchObject(refused)
    })

    test('garbage in the record is refused: every kind of damage to a wrapped key', async () => {
      const { wrapped, ...record } = await seal()
      const flipped = Buffer.from(wrapped.ciphertext)
      flipped.writeUInt8(flipped.readUInt8(flipped.length - 1) ^ 1, flipped.length - 1)
      const damages = [
        { ...wrapped, ciphertext: flipped },
        { ...wrapped, ciphertext: new Uint8Array() },
        { ...wrapped, ciphertext: wrapped.ciphertext.subarray(0, 8) },
        { ...wrapped, ciphertext: randomBytes(5000) },
        { ...wrapped, provider: 'another' },
      ]
      for (const damaged of damages) {
        await expect(openDek({ ...record, wrapped: damaged }, wrapper)).rejects.toMatchObject({ code: 'keys.corrupt' })
      }
    })

    test('after close every call is refused', async () => {
      const record = await seal()
      await provider().close()
      await expect(openDek(record, wrapper)).rejects.toMatchObject({ code: 'keys.unavailable' })
      await expect(seal()).rejects.toMatchObject({ code: 'keys.unavailable' })
    })
  })
}
