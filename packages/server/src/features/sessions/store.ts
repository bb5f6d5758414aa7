import type { SessionPolicy, SignInMethod } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { Carrier, Client, EndReason, StoredSession } from './types.ts'

type SessionRow = {
  tenant: string
  sha256: Buffer
  id: string
  principal: string
  carrier: Carrier
  method: SignInMethod
  is_mfa: boolean
  is_phishing_resistant: boolean
  started_at: Date
  authenticated_at: Date
  last_seen_at: Date
  ends_at: Date
  address: string
  user_agent: string
  flagged_at: Date | null
  ended_at: Date | null
  end_reason: EndReason | null
  scopes: string[] | null
}

type Tables = {
  sessions: SessionRow
  session_policies: {
    tenant: string
    version: number
    idle_seconds: number
    absolute_seconds: number
    on_concurrent_use: 'flag' | 'end'
    max_sessions: number
    exception: string | null
    changed_at: Date
  }
}

type RecordIn = (trx: Db) => Promise<void>
/** Told which sessions ended, in the transaction that ends them. */
type RecordEnded = (trx: Db, ended: readonly string[]) => Promise<void>

interface EndSelection {
  readonly id?: string
  readonly principal?: string
  /** All but this one. */
  readonly keep?: string
  /** The most recently used that may stay; older ones end. */
  readonly newest?: number
}

export interface SessionStore {
  /** Not ended, and not past their absolute time at `now`. */
  readActive(tenant: string, now: Date): Promise<{ sessions: readonly StoredSession[]; policy?: SessionPolicy }>
  find(tenant: string, sha256: Buffer): Promise<StoredSession | undefined>
  /** Begins one in a transaction together with whatever else has to happen. */
  add(session: StoredSession, alongside: RecordIn): Promise<void>
  /** Ends sessions in a transaction of the caller's, or its own. */
  endIn(trx: Db, tenant: string, which: EndSelection, at: Date, reason: EndReason): Promise<readonly string[]>
  end(tenant: string, which: EndSelection, at: Date, reason: EndReason, record: RecordEnded): Promise<number>
  /** False when it was flagged before. */
  flag(tenant: string, id: string, at: Date, record: RecordIn): Promise<boolean>
  move(tenant: string, id: string, client: Client): Promise<void>
  writeSeen(tenant: string, seen: ReadonlyMap<string, Date>): Promise<void>
  putPolicy(
    tenant: string,
    policy: SessionPolicy,
    at: Date,
    record: (trx: Db, version: number) => Promise<void>,
  ): Promise<void>
}

export function createSessionStore(database: Db): SessionStore {
  async function endIn(
    trx: Db,
    tenant: string,
    { id, principal, keep, newest }: EndSelection,
    at: Date,
    reason: EndReason,
  ): Promise<readonly string[]> {
    const db = trx.withTables<Tables>()
    let query = db
      .updateTable('sessions')
      .set({ ended_at: at, end_reason: reason })
      .where('tenant', '=', tenant)
      .where('ended_at', 'is', null)
    if (id !== undefined) query = query.where('id', '=', id)
    if (principal !== undefined) query = query.where('principal', '=', principal)
    if (keep !== undefined) query = query.where('id', '<>', keep)
    if (newest !== undefined && principal !== undefined) {
      const staying = db
        .selectFrom('sessions')
        .select('id')
        .where('tenant', '=', tenant)
        .where('principal', '=', principal)
        .where('ended_at', 'is', null)
        .where('ends_at', '>', at)
        .orderBy('started_at', 'desc')
        .limit(newest)
      query = query.where('id', 'not in', staying)
    }
    return (await query.returning('id').execute()).map((row) => row.id)
  }

  return {
    readActive: (tenant, now) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const rows = await db
          .selectFrom('sessions')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('ended_at', 'is', null)
          .where('ends_at', '>', now)
          .orderBy('started_at', 'desc')
          .execute()
        const policy = await db
          .selectFrom('session_policies')
          .selectAll()
          .where('tenant', '=', tenant)
          .executeTakeFirst()
        return { sessions: rows.map(toSession), ...(policy && { policy: toPolicy(policy) }) }
      }),

    find: (tenant, sha256) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('sessions')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('sha256', '=', sha256)
          .where('ended_at', 'is', null)
          .executeTakeFirst()
        return row && toSession(row)
      }),

    add: (session, alongside) =>
      withTenant(database, session.tenant, async (trx) => {
        await trx
          .withTables<Tables>()
          .insertInto('sessions')
          .values({
            tenant: session.tenant,
            sha256: session.sha256,
            id: session.id,
            principal: session.principal,
            carrier: session.carrier,
            scopes: session.scopes && [...session.scopes],
            method: session.method,
            is_mfa: true,
            is_phishing_resistant: session.isPhishingResistant,
            started_at: session.startedAt,
            authenticated_at: session.authenticatedAt,
            last_seen_at: session.lastSeenAt,
            ends_at: session.endsAt,
            address: session.address,
            user_agent: session.userAgent,
            flagged_at: session.isFlagged ? session.startedAt : null,
            ended_at: null,
            end_reason: null,
          })
          .execute()
        await alongside(trx)
      }),

    endIn,

    end: (tenant, which, at, reason, record) =>
      withTenant(database, tenant, async (trx) => {
        const ended = await endIn(trx, tenant, which, at, reason)
        if (ended.length > 0) await record(trx, ended)
        return ended.length
      }),

    flag: (tenant, id, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const flagged = await trx
          .withTables<Tables>()
          .updateTable('sessions')
          .set({ flagged_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('flagged_at', 'is', null)
          .executeTakeFirst()
        if (flagged.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),

    move: (tenant, id, { address, userAgent }) =>
      withTenant(database, tenant, async (trx) => {
        await trx
          .withTables<Tables>()
          .updateTable('sessions')
          .set({ address, user_agent: userAgent })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .execute()
      }),

    writeSeen: (tenant, seen) =>
      withTenant(database, tenant, async (trx) => {
        await sql`update sessions s set last_seen_at = greatest(s.last_seen_at, u.at)
          from unnest(${[...seen.keys()]}::uuid[], ${[...seen.values()]}::timestamptz[]) as u (id, at)
          where s.tenant = ${tenant} and s.id = u.id and s.ended_at is null`.execute(trx)
      }),

    putPolicy: (tenant, policy, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const row = {
          idle_seconds: policy.idleSeconds,
          absolute_seconds: policy.absoluteSeconds,
          on_concurrent_use: policy.onConcurrentUse,
          max_sessions: policy.maxSessions,
          exception: policy.exception ?? null,
          changed_at: at,
        }
        const { version } = await trx
          .withTables<Tables>()
          .insertInto('session_policies')
          .values({ tenant, version: 1, ...row })
          .onConflict((conflict) =>
            conflict.column('tenant').doUpdateSet({ ...row, version: sql`session_policies.version + 1` }),
          )
          .returning('version')
          .executeTakeFirstOrThrow()
        await record(trx, version)
      }),
  }
}

function toSession(row: SessionRow): StoredSession {
  return {
    tenant: row.tenant,
    sha256: row.sha256,
    id: row.id,
    principal: row.principal,
    carrier: row.carrier,
    method: row.method,
    isPhishingResistant: row.is_phishing_resistant,
    startedAt: row.started_at,
    authenticatedAt: row.authenticated_at,
    lastSeenAt: row.last_seen_at,
    endsAt: row.ends_at,
    isFlagged: row.flagged_at !== null,
    scopes: row.scopes,
    address: row.address,
    userAgent: row.user_agent,
  }
}

function toPolicy(row: Tables['session_policies']): SessionPolicy {
  return {
    idleSeconds: row.idle_seconds,
    absoluteSeconds: row.absolute_seconds,
    onConcurrentUse: row.on_concurrent_use,
    maxSessions: row.max_sessions,
    ...(row.exception !== null && { exception: row.exception }),
  }
}
