import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { scimTokenInputSchema, slugSchema } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../../platform/audit/change.ts'
import { findBearer } from '../../../platform/http/bearer.ts'
import type { IdentityProviderService } from '../../identity-providers/index.ts'
import { createRangeCheck } from '../../principals/index.ts'
import type { ScimToken, ScimTokenService } from '../types.ts'
import type { ScimTokenStore } from './store.ts'

export interface ScimTokenDeps {
  readonly store: ScimTokenStore
  readonly identityProviders: Pick<IdentityProviderService, 'get'>
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly environment: string
}

const SECRET_BYTES = 32
const TOKEN = /^bwp_([a-z0-9-]{1,63})_[A-Za-z0-9_-]{43}$/
const LOOPBACK = ['127.0.0.0/8', '::1/128']
/** In the ledger, who acts when a directory speaks; which one is among the codes. */
const ACTOR = 'scim'

export function createScimTokenService(deps: ScimTokenDeps): ScimTokenService {
  const { store, identityProviders, clock, recordChange, environment } = deps
  return {
    list: async (tenant) => store.list(tenant, clock.now()),

    async issue(actor, input) {
      const { identityProvider, subjectAttribute, ttlSeconds, ranges } = scimTokenInputSchema.parse(input)
      if (ranges === undefined && environment !== 'development') {
        throw new AppError('body.invalid', {
          message: 'outside development a SCIM token is bound to address ranges',
          field: '/ranges',
        })
      }
      if ((await identityProviders.get(actor.tenant, identityProvider)).isDisabled) throw unknown()
      const secret = `bwp_${actor.tenant}_${randomBytes(SECRET_BYTES).toString('base64url')}`
      const createdAt = clock.now()
      const token: ScimToken = {
        id: randomUUID(),
        identityProvider,
        subjectAttribute,
        ranges: ranges ?? LOOPBACK,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + ttlSeconds * 1_000),
      }
      const change = { actor, kind: 'scim.token-issued', object: token.id, codes: [`via.${identityProvider}`] } as const
      const isAdded = await store.add(actor.tenant, token, hash(secret), actor.id, async (trx) =>
        recordChange(trx, change),
      )
      if (isAdded) return { ...token, token: secret }
      throw new AppError('resource.conflict', {
        message: 'a provider has two SCIM tokens at most, with one subject attribute: revoke one first',
      })
    },

    async revoke(actor, id) {
      const isDone = await store.revoke(actor.tenant, id, clock.now(), async (trx) =>
        recordChange(trx, { actor, kind: 'scim.token-revoked', object: id }),
      )
      if (!isDone) throw unknown()
    },

    async authenticate({ headers, remoteAddress }) {
      const secret = findBearer(headers.get('authorization') ?? undefined)
      if (secret === undefined) throw new AppError('auth.missing', { message: 'send Authorization: Bearer <token>' })
      const tenant = TOKEN.exec(secret)?.[1]
      if (tenant === undefined || !slugSchema.safeParse(tenant).success) throw refuse()
      const token = await store.find(tenant, hash(secret), clock.now())
      if (!token) throw refuse()
      if (!createRangeCheck(token.ranges)(remoteAddress)) {
        throw new AppError('auth.address-refused', { message: 'the SCIM token is not good from this address' })
      }
      const { identityProvider, subjectAttribute } = token
      return { tenant, id: ACTOR, identityProvider, subjectAttribute }
    },
  }
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

function refuse(): AppError {
  return new AppError('auth.invalid', { message: 'the SCIM token is not valid' })
}

function unknown(): AppError {
  return new AppError('resource.unknown', { message: 'no such identity provider or SCIM token' })
}
