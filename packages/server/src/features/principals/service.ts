import { timingSafeEqual } from 'node:crypto'
import { findDutiesConflict } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { whenThere } from '../../platform/async/soon.ts'
import type { Change, RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import { createRangeCheck } from './ranges.ts'
import type { NewToken, PrincipalStore, StoredToken } from './store.ts'
import { hashToken, mintToken, readTenant } from './token.ts'
import type { Actor, ListedPrincipal, Principal, PrincipalService, TokenOptions } from './types.ts'

export interface PrincipalDeps {
  readonly store: PrincipalStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** Outside development an API key names where it comes from and why it is there. */
  readonly environment: string
}

const MAX_TTL_SECONDS = 90 * 86_400
const LOOPBACK = ['127.0.0.0/8', '::1/128']

interface KnownToken extends StoredToken {
  readonly isFrom: ReturnType<typeof createRangeCheck>
  /** Whom it stands for; undefined when that principal is unknown or disabled. The same object each time it is shown. */
  readonly caller: Principal | undefined
}

interface Snapshot {
  readonly principals: ReadonlyMap<string, ListedPrincipal>
  /** By the SHA-256 of the secret, in hex. */
  readonly tokens: ReadonlyMap<string, KnownToken>
}

export function createPrincipalService({ store, clock, recordChange, environment }: PrincipalDeps): PrincipalService {
  const snapshots = createSnapshotCache<Snapshot>({
    load: async (tenant) => {
      const read = await store.readAll(tenant)
      const principals = new Map(read.principals.map((principal) => [principal.id, principal]))
      const tokens = read.tokens.map((token): [string, KnownToken] => {
        const id = token.sha256.toString('hex')
        const caller = toCaller(principals.get(token.principal), id, token.scopes)
        return [id, { ...token, isFrom: createRangeCheck(token.ranges), caller }]
      })
      return { principals, tokens: new Map(tokens) }
    },
  })

  /** Makes the change, lets this replica see it at once, and tells whether there was something to change. */
  async function change(
    actor: Actor,
    kind: Change['kind'],
    object: string,
    run: (record: Parameters<PrincipalStore['put']>[1]) => Promise<boolean>,
  ): Promise<boolean> {
    const isChanged = await run((trx) => recordChange(trx, { actor, kind, object }))
    snapshots.drop(actor.tenant)
    return isChanged
  }

  function requireCaller(tokens: Snapshot['tokens'], token: string, remoteAddress: string | undefined): Principal {
    const hash = hashToken(token)
    const found = tokens.get(hash.toString('hex'))
    if (!found || !timingSafeEqual(found.sha256, hash) || found.expiresAt <= clock.now()) throw refuse()
    const { caller } = found
    if (!caller || (environment === 'production' && caller.kind === 'human')) throw refuse()
    if (!found.isFrom(remoteAddress)) {
      throw new AppError('auth.address-refused', { message: 'the API key is not good from this address' })
    }
    return caller
  }

  return {
    authenticate: (token, remoteAddress) =>
      whenThere(readTenant(token), (tenant) => {
        if (tenant === undefined) throw refuse()
        return whenThere(snapshots.get(tenant), ({ tokens }) => requireCaller(tokens, token, remoteAddress))
      }),

    async find(tenant, id) {
      const read = async () => (await snapshots.get(tenant)).principals.get(id)
      let principal = await read()
      if (!principal) {
        // Perhaps made a moment ago on another replica.
        snapshots.drop(tenant)
        principal = await read()
      }
      return principal?.isDisabled === false ? principal : undefined
    },

    refresh: (tenant) => snapshots.drop(tenant),

    async ensureTenant(actor) {
      await change(actor, 'tenant.created', actor.tenant, (record) => store.addTenant(actor.tenant, record))
    },

    async put(actor, { id, kind, roles, purposes, defaultPurpose, mayRestore, labels }) {
      const conflict = findDutiesConflict(roles)
      if (conflict) {
        throw new AppError('access.duties-conflict', {
          message: `${conflict.join(' and ')} must not meet in one principal`,
          field: '/roles',
        })
      }
      const principal: Principal = {
        tenant: actor.tenant,
        id,
        kind,
        roles,
        purposes,
        ...(defaultPurpose && { defaultPurpose }),
        mayRestore,
        ...(labels && { labels }),
      }
      if (await change(actor, 'principal.put', id, (record) => store.put(principal, record))) return
      throw new AppError('resource.conflict', {
        message: 'a disabled principal stays disabled, and a person is no service',
      })
    },

    async disable(actor, id) {
      const at = clock.now()
      if (await change(actor, 'principal.disabled', id, (record) => store.disable(actor.tenant, id, at, record))) return
      throw unknown('no such principal')
    },

    list: async (tenant) => store.list(tenant),

    async listTokens(tenant) {
      const { tokens } = await store.readAll(tenant)
      return tokens.map((token) => ({ ...token, sha256: token.sha256.toString('hex') }))
    },

    async issueToken(actor, id, { ttlSeconds, isSeed = false, ...options }) {
      const bounds = requireBounds(ttlSeconds, options, environment)
      const principals = isSeed ? [] : await store.list(actor.tenant)
      if (principals.some((principal) => principal.id === id && principal.kind === 'human')) {
        throw new AppError('resource.conflict', { message: 'a person has sessions, not tokens' })
      }
      const token = mintToken(actor.tenant)
      const sha256 = hashToken(token)
      const createdAt = clock.now()
      const expiresAt = new Date(createdAt.getTime() + ttlSeconds * 1_000)
      const row = { ...bounds, sha256, principal: id, createdAt, expiresAt }
      const add = (record: Parameters<PrincipalStore['put']>[1]): Promise<boolean> =>
        store.addToken(actor.tenant, row, record)
      if (!(await change(actor, 'token.issued', id, add))) throw unknown('no such principal')
      return { token, sha256: sha256.toString('hex'), expiresAt }
    },

    async revokeToken(actor, id, sha256) {
      const hash = Buffer.from(sha256, 'hex')
      const at = clock.now()
      const revoke = (record: Parameters<PrincipalStore['put']>[1]): Promise<boolean> =>
        store.revokeToken(actor.tenant, id, hash, at, record)
      if (!(await change(actor, 'token.revoked', id, revoke))) throw unknown('no such token')
    },

    async revokeTokensIn(trx, actor, id) {
      const tokens = await store.revokeTokensIn(trx, actor.tenant, id, clock.now())
      return tokens === 0 ? [] : [{ actor, kind: 'token.revoked', object: id, counts: { tokens } }]
    },
  }
}

function toCaller(
  principal: ListedPrincipal | undefined,
  id: string,
  scopes: StoredToken['scopes'],
): Principal | undefined {
  if (!principal || principal.isDisabled) return undefined
  return { ...principal, credential: { kind: 'token', id }, ...(scopes && { scopes }) }
}

/** What an API key is held to: an exception with an end, an origin and a reason. */
function requireBounds(
  ttlSeconds: number,
  { ranges, scopes, reason }: Omit<TokenOptions, 'ttlSeconds'>,
  environment: string,
): Pick<NewToken, 'ranges' | 'scopes' | 'reason'> {
  const isDevelopment = environment === 'development'
  const rules: readonly (readonly [string, boolean, string])[] = [
    ['/ttlSeconds', ttlSeconds > MAX_TTL_SECONDS, 'an API key lives for 90 days at most'],
    ['/ranges', !isDevelopment && ranges === undefined, 'outside development an API key is bound to address ranges'],
    ['/reason', !isDevelopment && reason === undefined, 'outside development an API key has a reason'],
  ]
  for (const [field, isBroken, message] of rules) if (isBroken) throw new AppError('body.invalid', { message, field })
  return { ranges: ranges ?? LOOPBACK, scopes: scopes ?? null, reason: reason ?? 'development' }
}

// One message for every reason: a caller without a valid token learns nothing about which tokens exist.
function refuse(): AppError {
  return new AppError('auth.invalid', { message: 'the token is not valid' })
}

function unknown(message: string): AppError {
  return new AppError('resource.unknown', { message })
}
