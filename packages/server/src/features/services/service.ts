import type { ClientAlgorithm, PublicJwk } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { calculateJwkThumbprint, importJWK } from 'jose'
import type { Change, RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { ServiceStore } from './store.ts'
import type { ServiceClient, ServiceClients } from './types.ts'

export interface ServiceDeps {
  readonly store: ServiceStore
  readonly clock: Clock
  readonly recordChange: RecordChange
}

const DAY_MS = 86_400_000
/** 128 bits of security (NIST SP 800-57 part 1, table 2). */
const MIN_RSA_BITS = 3_072

export function createServiceClients({ store, clock, recordChange }: ServiceDeps): ServiceClients {
  const snapshots = createSnapshotCache<ReadonlyMap<string, ServiceClient>>({
    load: async (tenant) => new Map((await store.readAll(tenant, clock.now())).map((client) => [client.id, client])),
  })

  /** Makes the change and lets this replica see it at once. */
  async function make(
    change: Change,
    run: (record: Parameters<ServiceStore['disable']>[3]) => Promise<string>,
  ): Promise<void> {
    const outcome = await run((trx) => recordChange(trx, change))
    snapshots.drop(change.actor.tenant)
    if (outcome === 'unknown') throw new AppError('resource.unknown', { message: 'no such service or key' })
    if (outcome === 'conflict') {
      throw new AppError('resource.conflict', { message: 'the service is disabled, or the key is registered already' })
    }
  }

  return {
    async find(tenant, id) {
      const client = (await snapshots.get(tenant)).get(id)
      if (!client || client.isDisabled) return undefined
      const now = clock.now()
      return { ...client, keys: client.keys.filter(({ expiresAt }) => expiresAt > now) }
    },

    list: async (tenant) => store.readAll(tenant, clock.now()),

    async get(tenant, id) {
      const client = (await store.readAll(tenant, clock.now())).find((one) => one.id === id)
      if (!client) throw new AppError('resource.unknown', { message: 'no such service' })
      return client
    },

    async put(actor, id, change) {
      const at = clock.now()
      await make({ actor, kind: 'service.put', object: id }, (record) =>
        store.put(actor.tenant, id, change, at, record),
      )
    },

    async disable(actor, id) {
      const at = clock.now()
      await make({ actor, kind: 'service.disabled', object: id }, (record) =>
        store.disable(actor.tenant, id, at, record),
      )
    },

    async addKey(actor, id, { jwk, ttlDays }) {
      const createdAt = clock.now()
      const algorithm = chooseAlgorithm(jwk)
      await requireKey(jwk, algorithm)
      const kid = await calculateJwkThumbprint(jwk)
      const key = { kid, algorithm, jwk, createdAt, expiresAt: new Date(createdAt.getTime() + ttlDays * DAY_MS) }
      await make({ actor, kind: 'service.key-added', object: id, part: kid }, (record) =>
        store.addKey(actor.tenant, id, key, record),
      )
      return key
    },

    async retireKey(actor, id, kid, { graceSeconds }) {
      const now = clock.now()
      const at = new Date(now.getTime() + graceSeconds * 1_000)
      await make({ actor, kind: 'service.key-retired', object: id, part: kid }, (record) =>
        store.endKey(actor.tenant, id, kid, { now, at }, record),
      )
    },
  }
}

/** The key's type decides, never a header of what it signed. */
export function chooseAlgorithm(jwk: PublicJwk): ClientAlgorithm {
  if (jwk.kty === 'RSA') return jwk.alg
  if (jwk.kty === 'OKP') return 'EdDSA'
  return jwk.crv === 'P-256' ? 'ES256' : 'ES384'
}

/** Throws `body.invalid` for a point that is not on the curve, a short modulus, an algorithm of another curve. */
async function requireKey(jwk: PublicJwk, algorithm: ClientAlgorithm): Promise<void> {
  const isOfAnother = jwk.kty === 'EC' && jwk.alg !== undefined && jwk.alg !== algorithm
  const isShort = jwk.kty === 'RSA' && Buffer.from(jwk.n, 'base64url').length * 8 < MIN_RSA_BITS
  const key = isOfAnother || isShort ? undefined : await importJWK(jwk, algorithm).catch(() => undefined)
  if (!key) throw new AppError('body.invalid', { message: 'not a public key that may be registered', field: '/jwk' })
}
