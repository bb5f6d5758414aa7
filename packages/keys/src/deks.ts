import { randomBytes } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import type { Clock, Mac } from '@breakwater/kernel'
import { createDek, openDek, rewrapDek } from './dek.ts'
import type { DekRecord, DekWrapper } from './dek.ts'
import { createDekCache } from './dek-cache.ts'
import type { DekCacheLimits, DekCacheStats, HeldDek } from './dek-cache.ts'
import type { DekScope, DekStore } from './dek-store.ts'
import { DEK_ID_BYTES } from './field-cipher.ts'
import { kekError } from './kek-provider.ts'
import type { KekProvider } from './kek-provider.ts'
import type { DekUse, KeyEnvironment } from './key-context.ts'
import { assertKeyEnvironment } from './key-environment.ts'
import { createMessageLeases } from './message-leases.ts'
import { WRAP_KEY_PROVIDER, createWrapKeyWrapper } from './wrap-key.ts'

export interface DeksOptions {
  /** What runs: keys and providers of another environment are refused. */
  readonly environment: KeyEnvironment
  /** The first wraps new keys; the others open what they once wrapped, until it is re-wrapped. */
  readonly providers: readonly [KekProvider, ...KekProvider[]]
  readonly store: DekStore
  readonly clock: Clock
  readonly cache?: DekCacheLimits
  /** Over the records of providers that cannot tell who wrapped (RSA-OAEP). Required with such a provider. */
  readonly recordMac?: Mac
  /** For tests: default and most is 2^32. */
  readonly maxMessagesPerDek?: number
}

/** Data keys by scope and id. Keys of a subject hang under the wrap key of their tenant and class, others under a KEK. */
export interface Deks {
  /** The scope's current key, made when there is none, with one message of it taken. */
  forSealing(scope: DekScope): Promise<HeldDek>
  forOpening(tenant: string, dekId: string): Promise<HeldDek>
  /** A new current key. What the old one sealed still opens. */
  rotate(scope: DekScope): Promise<DekRecord>
  isDueForRewrap(record: DekRecord): Promise<boolean>
  /** The same key under the current key-encryption or wrap key. The caller stores it in place of the old record. */
  rewrap(record: DekRecord): Promise<DekRecord>
  forget(dekId: string): void
  forgetAll(): void
  stats(): DekCacheStats
}

/** Of a used-up key by the next, when many replicas use them up at once. */
const MAX_ATTEMPTS = 8

interface Confirmed {
  readonly wrapper: DekWrapper
  /** When the key service last confirmed the key that wraps. */
  readonly confirmedAtMs: number
}

/** Throws `keys.environment-refused`, or `config.invalid` when a provider needs a record MAC and there is none. */
export function createDeks(options: DeksOptions): Deks {
  const { environment, providers, store, clock, cache: limits = {}, maxMessagesPerDek } = options
  const wrappers = new Map(providers.map((provider) => [provider.name, toWrapper(provider, options)]))
  const { maxKeys = 10_000, freshSeconds = 300 } = limits
  const cache = createDekCache(clock, limits)
  // More than keys are held: what is known about a key costs some 100 bytes, to learn it again a read, a lease messages.
  const maxKnown = maxKeys * 16
  const leases = createMessageLeases(store, maxKnown, maxMessagesPerDek)
  const currents = new Map<string, { readonly dekId: string; readonly foundAtMs: number }>()
  const wrapKeys = new WeakMap<HeldDek, DekWrapper>()
  const finding = new Map<string, Promise<DekRecord>>()

  const nowMs = (): number => clock.now().getTime()

  const remember = (record: DekRecord): void => {
    const id = scopeId(record)
    currents.delete(id)
    currents.set(id, { dekId: record.dekId, foundAtMs: nowMs() })
    const oldest = currents.size > maxKnown ? currents.keys().next().value : undefined
    if (oldest !== undefined) currents.delete(oldest)
  }

  const wrapperFor = async ({ tenant, use, wrapped }: DekRecord): Promise<Confirmed> => {
    if (wrapped.provider === WRAP_KEY_PROVIDER) {
      // Two levels and no more: a record cannot be made to wait for itself.
      if (use === 'wrap') throw kekError('keys.corrupt')
      const parent = await byId('wrap', tenant, wrapped.keyId)
      return { wrapper: under(parent), confirmedAtMs: Math.min(nowMs(), parent.confirmedAtMs) }
    }
    const wrapper = wrappers.get(wrapped.provider)
    if (!wrapper)
      throw new AppError('keys.unavailable', { message: 'a key is wrapped by a provider that is not set up' })
    return { wrapper, confirmedAtMs: nowMs() }
  }

  const under = (parent: HeldDek): DekWrapper => {
    const known = wrapKeys.get(parent)
    if (known) return known
    const wrapper = createWrapKeyWrapper(parent, async () => {
      if (!(await leases.take(parent.record.tenant, parent.record.dekId))) throw exhausted()
    })
    wrapKeys.set(parent, wrapper)
    return wrapper
  }

  const newWrapper = async ({ tenant, objectClass, subject }: DekScope): Promise<Confirmed> => {
    if (subject === undefined) return { wrapper: toWrapper(providers[0], options), confirmedAtMs: nowMs() }
    const parent = await current({ tenant, objectClass, use: 'wrap' })
    return { wrapper: under(parent), confirmedAtMs: parent.confirmedAtMs }
  }

  const openRecord = async (record: DekRecord): Promise<HeldDek> => {
    if (record.environment !== environment) {
      throw new AppError('keys.environment-refused', { message: 'a data key of another environment was met' })
    }
    const { wrapper, confirmedAtMs } = await wrapperFor(record)
    return { record, key: await openDek(record, wrapper), confirmedAtMs }
  }

  const byId = async (use: DekUse, tenant: string, dekId: string): Promise<HeldDek> => {
    const held = await cache.get(cacheId(use, dekId), async () => {
      const record = await store.findById(tenant, dekId)
      if (record === 'shredded') throw kekError('keys.destroyed')
      if (!record || record.tenant !== tenant || record.dekId !== dekId) throw unknownKey()
      if (record.use !== use) throw kekError('keys.context-mismatch')
      return openRecord(record)
    })
    if (held.record.tenant !== tenant) throw unknownKey()
    return held
  }

  const make = async (scope: DekScope, replaces: string | undefined): Promise<DekRecord> => {
    const { tenant, objectClass, subject, use } = scope
    const dekId = randomBytes(DEK_ID_BYTES).toString('base64url')
    const context = { environment, tenant, objectClass, ...(subject !== undefined && { subject }), use, dekId }
    const { wrapper, confirmedAtMs } = await newWrapper(scope)
    const { record, key } = await createDek(context, wrapper)
    const winner = await store.insertCurrent(record, replaces)
    if (winner.dekId === record.dekId) cache.put(cacheId(use, dekId), { record, key, confirmedAtMs })
    remember(winner)
    return winner
  }

  const findOrMake = async (scope: DekScope): Promise<DekRecord> => {
    const found = await store.findCurrent(scope)
    if (!found) return make(scope, undefined)
    remember(found)
    return found
  }

  /** Those who need one key together make one. */
  const once = async (id: string, find: () => Promise<DekRecord>): Promise<DekRecord> => {
    let found = finding.get(id)
    if (!found) {
      found = find().finally(() => finding.delete(id))
      finding.set(id, found)
    }
    return found
  }

  const current = async (scope: DekScope): Promise<HeldDek> => {
    const id = scopeId(scope)
    const known = currents.get(id)
    const age = known ? nowMs() - known.foundAtMs : -1
    if (known && age >= 0 && age < freshSeconds * 1000) return byId(scope.use, scope.tenant, known.dekId)
    const record = await once(id, async () => findOrMake(scope))
    if (scopeId(record) !== id) throw kekError('keys.context-mismatch')
    return byId(scope.use, scope.tenant, record.dekId)
  }

  return {
    async forSealing(scope) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const held = await current(scope)
        const { tenant, dekId } = held.record
        if (await leases.take(tenant, dekId)) return held
        await once(`${scopeId(scope)}\n${dekId}`, async () => make(scope, dekId))
      }
      throw exhausted()
    },
    forOpening: async (tenant, dekId) => byId('data', tenant, dekId),
    async rotate(scope) {
      const found = await store.findCurrent(scope)
      return make(scope, found?.dekId)
    },
    async isDueForRewrap({ tenant, objectClass, subject, wrapped }) {
      if (subject !== undefined) {
        const parent = await current({ tenant, objectClass, use: 'wrap' })
        return wrapped.provider !== WRAP_KEY_PROVIDER || wrapped.keyId !== parent.record.dekId
      }
      const [newest] = providers
      return wrapped.provider !== newest.name || wrapped.keyVersion !== (await newest.currentVersion())
    },
    async rewrap(record) {
      const { wrapper } = await wrapperFor(record)
      return rewrapDek(record, wrapper, (await newWrapper(record)).wrapper)
    },
    forget(dekId) {
      for (const use of ['data', 'wrap'] as const) cache.forget(cacheId(use, dekId))
      for (const [id, known] of currents) if (known.dekId === dekId) currents.delete(id)
    },
    forgetAll() {
      cache.forgetAll()
      currents.clear()
    },
    stats: () => cache.stats(),
  }
}

function toWrapper(provider: KekProvider, { environment, recordMac }: DeksOptions): DekWrapper {
  const description = provider.describe()
  assertKeyEnvironment(environment, description)
  if (provider.name === WRAP_KEY_PROVIDER) {
    throw new AppError('config.invalid', { message: 'this name of a key provider is taken', field: 'name' })
  }
  if (description.authenticatesWraps) return provider
  if (recordMac) {
    return {
      name: provider.name,
      wrap: async (...input) => provider.wrap(...input),
      unwrap: async (...input) => provider.unwrap(...input),
      unwrapForRewrap: async (...input) =>
        provider.unwrapForRewrap ? provider.unwrapForRewrap(...input) : provider.unwrap(...input),
      recordMac,
    }
  }
  throw new AppError('config.invalid', { message: 'this key provider cannot tell who wrapped: it needs a record MAC' })
}

function scopeId({ tenant, objectClass, subject = '', use }: DekScope): string {
  return `${tenant}\n${objectClass}\n${subject}\n${use}`
}

/** Ids are random and never meet, so the tenant is compared afterwards. Wrap keys apart: no load waits for itself. */
function cacheId(use: DekUse, dekId: string): string {
  return use === 'data' ? dekId : `wrap ${dekId}`
}

function unknownKey(): AppError {
  return new AppError('keys.corrupt', { message: 'sealed under a data key that is not known' })
}

function exhausted(): AppError {
  return new AppError('keys.exhausted', { message: 'the data key is used up: rotate it' })
}
