import { randomUUID, timingSafeEqual } from 'node:crypto'
import type { SessionPolicy } from '@breakwater/contract'
import { MAX_IDLE_SECONDS } from '@breakwater/contract'
import type { Clock, Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Actor, Change, RecordChange } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { PrincipalService } from '../principals/index.ts'
import type { AlertService } from '../alerts/index.ts'
import { compareClients, isSecondDevice } from './client.ts'
import { hashSecret, mintSecret, readSecretTenant } from './secret.ts'
import { createSeenSessions } from './seen.ts'
import type { SessionStore } from './store.ts'
import type { Client, EndReason, LiveSession, SessionService, StoredSession } from './types.ts'

export interface SessionDeps {
  readonly store: SessionStore
  readonly clock: Clock
  readonly log: Log
  readonly recordChange: RecordChange
  readonly principals: Pick<PrincipalService, 'find'>
  readonly alerts: Pick<AlertService, 'raiseIn'>
  /** Whether the risk register holds an exception of this id that is in force now. */
  readonly isExceptionInForce: (tenant: string, exception: string) => Promise<boolean>
}

interface Snapshot {
  readonly policy: SessionPolicy
  /** By the SHA-256 of the secret, in hex. */
  readonly sessions: ReadonlyMap<string, StoredSession>
}

/** NIST SP 800-63B-4 section 2.2.3 allows 12 hours and 30 minutes at AAL2; a working day is enough here. */
const DEFAULT_POLICY: SessionPolicy = {
  idleSeconds: MAX_IDLE_SECONDS,
  absoluteSeconds: 8 * 3_600,
  onConcurrentUse: 'end',
  maxSessions: 5,
}

export function createSessionService(deps: SessionDeps): SessionService {
  const { store, clock, log, recordChange, principals, alerts, isExceptionInForce } = deps
  const seen = createSeenSessions({ write: async (tenant, batch) => store.writeSeen(tenant, batch), log })
  const snapshots = createSnapshotCache<Snapshot>({
    load: async (tenant) => {
      const { sessions, policy = DEFAULT_POLICY } = await store.readActive(tenant, clock.now())
      return {
        policy: await boundIdle(tenant, policy),
        sessions: new Map(sessions.map((session) => [session.sha256.toString('hex'), session])),
      }
    },
  })

  /** An exception that has run out no longer allows more than 15 minutes, whatever the row says. */
  async function boundIdle(tenant: string, policy: SessionPolicy): Promise<SessionPolicy> {
    if (policy.idleSeconds <= MAX_IDLE_SECONDS) return policy
    const { exception } = policy
    const isAllowed = exception !== undefined && (await isExceptionInForce(tenant, exception))
    return isAllowed ? policy : { ...policy, idleSeconds: MAX_IDLE_SECONDS }
  }

  function toLive(session: StoredSession, { idleSeconds }: SessionPolicy): LiveSession {
    const lastSeenMs = seen.lastSeenMs(session.id, session.lastSeenAt.getTime())
    return { ...session, lastSeenAt: new Date(lastSeenMs), idleEndsAt: new Date(lastSeenMs + idleSeconds * 1_000) }
  }

  function isLive({ idleEndsAt, endsAt }: LiveSession, now: Date): boolean {
    return now < idleEndsAt && now < endsAt
  }

  async function listLive(tenant: string, principal?: string): Promise<readonly LiveSession[]> {
    const { sessions, policy } = await snapshots.get(tenant)
    const now = clock.now()
    return [...sessions.values()]
      .filter((session) => principal === undefined || session.principal === principal)
      .map((session) => toLive(session, policy))
      .filter((session) => isLive(session, now))
  }

  async function endSessions(
    actor: Actor,
    which: Parameters<SessionStore['end']>[1],
    reason: EndReason,
    principal?: string,
  ): Promise<number> {
    const count = await store.end(actor.tenant, which, clock.now(), reason, async (trx, ended) => {
      await recordChange(trx, describeEnded(actor, ended, reason, principal))
    })
    snapshots.drop(actor.tenant)
    return count
  }

  async function flag(session: StoredSession, code: 'concurrent-use' | 'second-device'): Promise<void> {
    const { tenant, id, principal } = session
    const actor = { tenant, id: principal }
    const isNew = await store.flag(tenant, id, clock.now(), async (trx) => {
      await alerts.raiseIn(trx, { tenant, kind: 'session-flagged', object: id, principal })
      await recordChange(trx, { actor, kind: 'session.flagged', object: id, principal, codes: [code] })
    })
    if (!isNew) return
    log('alert', { code: `session.${code}`, tenant, principal, session: id })
    snapshots.drop(tenant)
  }

  async function checkClient(
    session: LiveSession,
    client: Client,
    policy: SessionPolicy,
    nowMs: number,
  ): Promise<void> {
    const verdict = compareClients({ ...session, lastSeenMs: session.lastSeenAt.getTime() }, client, nowMs)
    if (verdict === 'same') return
    if (verdict === 'moved') {
      await store.move(session.tenant, session.id, client)
      snapshots.drop(session.tenant)
      return
    }
    if (!session.isFlagged) await flag(session, 'concurrent-use')
    if (policy.onConcurrentUse === 'flag') return
    await endSessions(
      { tenant: session.tenant, id: session.principal },
      { id: session.id },
      'concurrent-use',
      session.principal,
    )
    throw expired()
  }

  return {
    async createSession(input) {
      const {
        tenant,
        principal,
        method,
        carrier,
        isPhishingResistant,
        client,
        replaces,
        approvedBy,
        scopes = null,
      } = input
      if (!input.isMfa) throw new AppError('auth.mfa-required', { message: 'a session needs more than one factor' })
      const person = await principals.find(tenant, principal)
      if (!person || person.kind !== 'human') throw refuse()
      const { policy } = await snapshots.get(tenant)
      const now = clock.now()
      const others = (await listLive(tenant, principal)).filter(({ id }) => id !== replaces && id !== approvedBy)
      const isElsewhere = others.some((other) =>
        isSecondDevice({ ...other, lastSeenMs: other.lastSeenAt.getTime() }, { ...client, carrier }, now.getTime()),
      )
      const secret = mintSecret(tenant)
      const session: StoredSession = {
        tenant,
        sha256: hashSecret(secret),
        id: randomUUID(),
        principal,
        carrier,
        method,
        isPhishingResistant,
        startedAt: now,
        authenticatedAt: input.authenticatedAt ?? now,
        lastSeenAt: now,
        endsAt: new Date(now.getTime() + policy.absoluteSeconds * 1_000),
        isFlagged: isElsewhere,
        scopes,
        ...client,
      }
      const actor = { tenant, id: principal }
      await store.add(session, async (trx) => {
        if (isElsewhere) await alerts.raiseIn(trx, { tenant, kind: 'session-flagged', object: session.id, principal })
        const replaced =
          replaces === undefined ? [] : await store.endIn(trx, tenant, { id: replaces, principal }, now, 'replaced')
        const excess = { principal, keep: session.id, newest: policy.maxSessions }
        const ended = await store.endIn(trx, tenant, excess, now, 'too-many')
        const counts = { replaced: replaced.length, 'too-many': ended.length }
        await recordChange(trx, {
          actor,
          kind: 'session.started',
          object: session.id,
          principal,
          codes: [method],
          counts,
        })
        if (isElsewhere) {
          const codes = ['second-device']
          await recordChange(trx, { actor, kind: 'session.flagged', object: session.id, principal, codes })
        }
      })
      if (isElsewhere) log('alert', { code: 'session.second-device', tenant, principal, session: session.id })
      snapshots.drop(tenant)
      return { secret, session }
    },

    async authenticate(secret, carrier, client): Promise<Caller> {
      const tenant = readSecretTenant(secret)
      if (tenant === undefined) throw expired()
      const { sessions, policy } = await snapshots.get(tenant)
      const sha256 = hashSecret(secret)
      // One that began a moment ago on another replica is not in the snapshot yet.
      const stored = sessions.get(sha256.toString('hex')) ?? (await store.find(tenant, sha256))
      if (!stored || !timingSafeEqual(stored.sha256, sha256) || stored.carrier !== carrier) throw expired()
      const session = toLive(stored, policy)
      const now = clock.now()
      if (!isLive(session, now)) throw expired()
      const person = await principals.find(tenant, session.principal)
      if (!person || person.kind !== 'human') throw expired()
      await checkClient(session, client, policy, now.getTime())
      seen.touch(tenant, session.id, now.getTime())
      const { id, isPhishingResistant, authenticatedAt, scopes } = session
      const shown = { id, isMfa: true, isPhishingResistant, authenticatedAt }
      return { ...person, session: shown, ...(scopes && { scopes }) }
    },

    list: listLive,

    async end(actor, id, { reason, principal }) {
      const which = { id, ...(principal !== undefined && { principal }) }
      if ((await endSessions(actor, which, reason, principal)) > 0) return
      throw new AppError('resource.unknown', { message: 'no such session' })
    },

    endAll: async (actor, principal, { reason, keep }) =>
      endSessions(actor, { principal, ...(keep !== undefined && { keep }) }, reason, principal),

    async endAllIn(trx, actor, principal, reason) {
      const ended = await store.endIn(trx, actor.tenant, { principal }, clock.now(), reason)
      return ended.length === 0 ? [] : [describeEnded(actor, ended, reason, principal)]
    },

    refresh: (tenant) => snapshots.drop(tenant),

    readPolicy: async (tenant) => (await snapshots.get(tenant)).policy,

    async putPolicy(actor, policy) {
      const { tenant } = actor
      if (policy.idleSeconds > MAX_IDLE_SECONDS && (await boundIdle(tenant, policy)) !== policy) {
        throw new AppError('resource.conflict', {
          message: 'more than 900 idle seconds need an exception of the risk register that is in force',
          field: '/exception',
        })
      }
      await store.putPolicy(tenant, policy, clock.now(), async (trx, version) =>
        recordChange(trx, {
          actor,
          kind: 'session.policy',
          object: policy.exception ?? 'default',
          version,
          counts: { 'idle-seconds': policy.idleSeconds, 'absolute-seconds': policy.absoluteSeconds },
          codes: [policy.onConcurrentUse],
        }),
      )
      snapshots.drop(tenant)
    },

    flushSeen: async () => seen.flush(),
  }
}

function describeEnded(
  actor: Actor,
  ended: readonly string[],
  reason: EndReason,
  principal: string | undefined,
): Change {
  const [only] = ended
  return {
    actor,
    kind: 'session.ended',
    object: ended.length === 1 && only !== undefined ? only : 'several',
    codes: [reason],
    counts: { sessions: ended.length },
    ...(principal !== undefined && { principal }),
  }
}

// One message for every reason: without a live session nobody learns whether there was one.
function expired(): AppError {
  return new AppError('auth.session-expired', { message: 'the session has ended: log in again' })
}

function refuse(): AppError {
  return new AppError('auth.invalid', { message: 'this account cannot log in' })
}
