import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import type { RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { ActorIssuerStore } from './store.ts'
import type { ActorIssuers } from './types.ts'

export interface ActorIssuerDeps {
  readonly store: ActorIssuerStore
  readonly clock: Clock
  readonly recordChange: RecordChange
}

const MAX_CHARS = 16_384
const MAX_AGE_SECONDS = 3_600
const TYPES = [undefined, 'JWT', 'jwt', 'at+jwt']
// The ledger's actor is an id; what could be a name or hold one is not written there.
const SUBJECT = /^[A-Za-z0-9._:@-]{1,60}$/

export function createActorIssuers({ store, clock, recordChange }: ActorIssuerDeps): ActorIssuers {
  const snapshots = createSnapshotCache({ load: (tenant) => store.list(tenant) })

  return {
    list: (tenant) => store.list(tenant),

    async put(actor, issuer) {
      const change = { actor, kind: 'actor-issuer.put', object: issuer.id } as const
      const isPut = await store.put(actor.tenant, issuer, clock.now(), (trx) => recordChange(trx, change))
      snapshots.drop(actor.tenant)
      if (isPut) return
      throw new AppError('resource.conflict', { message: 'it is disabled, or another one in force has this issuer' })
    },

    async disable(actor, id) {
      const change = { actor, kind: 'actor-issuer.disabled', object: id } as const
      const isDisabled = await store.disable(actor.tenant, id, clock.now(), (trx) => recordChange(trx, change))
      snapshots.drop(actor.tenant)
      if (!isDisabled) throw new AppError('resource.unknown', { message: 'no such issuer' })
    },

    async verify(tenant, token) {
      if (token.length > MAX_CHARS) throw refuse()
      const issuers = await snapshots.get(tenant)
      try {
        const { iss } = decodeJwt(token)
        const { kid, typ } = decodeProtectedHeader(token)
        const found = issuers.find(({ issuer, isDisabled }) => issuer === iss && !isDisabled)
        const key = found?.keys.find((one) => one.kid === kid)
        if (!found || !key || !TYPES.includes(typ)) throw refuse()
        const { payload } = await jwtVerify(token, key, {
          algorithms: [key.alg],
          issuer: found.issuer,
          audience: found.audience,
          currentDate: clock.now(),
          clockTolerance: 5,
          maxTokenAge: MAX_AGE_SECONDS,
          requiredClaims: ['exp', 'iat', 'sub'],
        })
        const { sub = '', exp = 0 } = payload
        if (!SUBJECT.test(sub)) throw refuse()
        return { actor: `${found.id}/${sub}`, expiresAt: new Date(exp * 1_000) }
      } catch (cause) {
        throw cause instanceof AppError ? cause : refuse(cause)
      }
    },
  }
}

function refuse(cause?: unknown): AppError {
  return new AppError('auth.grant-refused', {
    message: 'no registered issuer vouches for the subject token',
    field: 'subject_token',
    cause,
  })
}
