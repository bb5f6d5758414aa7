import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { Client } from '../sessions/index.ts'

interface NewDeviceCode extends Client {
  readonly id: string
  readonly sha256: Buffer
  readonly userCodeMac: Buffer
  readonly client: string
  readonly scopes: readonly string[] | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly intervalSeconds: number
}

export type WaitingCode = Pick<
  NewDeviceCode,
  'id' | 'client' | 'scopes' | 'address' | 'userAgent' | 'createdAt' | 'expiresAt'
>

interface Limits {
  readonly perAddress: number
  readonly perTenant: number
}

/** What one poll finds; `session` of an approval that still stands, and then the code is used up. */
export interface Polled {
  readonly isExpired: boolean
  readonly isTooSoon: boolean
  readonly answer: 'approved' | 'denied' | null
  readonly scopes: readonly string[] | null
  readonly session?: {
    readonly id: string
    readonly principal: string
    readonly authenticatedAt: Date
    readonly isPhishingResistant: boolean
  }
}

interface Answered {
  readonly principal: string
  readonly answer: 'approved' | 'denied'
  readonly at: Date
  /** Of an approval: the session it was given from, a browser's. */
  readonly session: string | null
}

type RecordIn = (trx: Db) => Promise<void>

export interface DeviceCodeStore {
  /** False when too many wait, or there is no such tenant. Forgets those that have run out. */
  add(tenant: string, code: NewDeviceCode, limits: Limits): Promise<boolean>
  findWaiting(tenant: string, macs: readonly Buffer[], now: Date): Promise<WaitingCode | undefined>
  /** False when it is answered already, has run out, or the session is not a browser's at work. */
  answer(tenant: string, id: string, answered: Answered, record: RecordIn): Promise<boolean>
  /** Undefined when there is no such code, or it was used. */
  poll(tenant: string, sha256: Buffer, now: Date): Promise<Polled | undefined>
  countGuesses(tenant: string, principal: string, since: Date): Promise<number>
  addGuess(
    tenant: string,
    principal: string,
    now: Date,
    since: Date,
    record: (trx: Db, attempts: number) => Promise<void>,
  ): Promise<number>
}

/** What a poll that came too soon adds to the interval (RFC 8628 section 3.5). */
const SLOW_DOWN_SECONDS = 5
const MAX_INTERVAL_SECONDS = 600

interface PollRow {
  readonly id: string
  readonly isExpired: boolean
  readonly isTooSoon: boolean
  readonly answer: 'approved' | 'denied' | null
  readonly scopes: readonly string[] | null
  readonly session: string | null
  readonly principal: string | null
  readonly authenticatedAt: Date | null
  readonly isPhishingResistant: boolean | null
}

export function createDeviceCodeStore(database: Db): DeviceCodeStore {
  return {
    add: (tenant, code, { perAddress, perTenant }) =>
      withTenant(database, tenant, async (trx) => {
        await sql`delete from device_codes where tenant = ${tenant} and expires_at < ${code.createdAt}`.execute(trx)
        const { numAffectedRows = 0n } = await sql`
          insert into device_codes (tenant, id, sha256, user_code_mac, client, scopes, address, user_agent, created_at,
            expires_at, interval_seconds)
          select ${tenant}, ${code.id}, ${code.sha256}, ${code.userCodeMac}, ${code.client}, ${code.scopes}::text[],
            ${code.address}, ${code.userAgent}, ${code.createdAt}, ${code.expiresAt}, ${code.intervalSeconds}
          from tenants t where t.id = ${tenant}
            and (select count(*) from device_codes where tenant = ${tenant}) < ${perTenant}
            and (select count(*) from device_codes where tenant = ${tenant} and address = ${code.address}
              and answer is null) < ${perAddress}
          on conflict do nothing`.execute(trx)
        return numAffectedRows > 0n
      }),

    findWaiting: (tenant, macs, now) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<WaitingCode>`
          select id, client, scopes, address, user_agent as "userAgent", created_at as "createdAt", expires_at as "expiresAt"
          from device_codes where tenant = ${tenant} and user_code_mac = any (${macs}::bytea[])
            and answer is null and expires_at > ${now}`.execute(trx)
        return rows[0]
      }),

    answer: (tenant, id, { principal, answer, at, session }, record) =>
      withTenant(database, tenant, async (trx) => {
        const { numAffectedRows = 0n } = await sql`
          update device_codes set answer = ${answer}, answered_by = ${principal}, answered_at = ${at},
            by_session = ${answer === 'approved' ? session : null}
          where tenant = ${tenant} and id = ${id} and answer is null and expires_at > ${at}
            and exists (select from sessions s where s.tenant = ${tenant} and s.id = ${session}
              and s.principal = ${principal} and s.carrier = 'cookie' and s.ended_at is null)`.execute(trx)
        if (numAffectedRows === 0n) return false
        await record(trx)
        return true
      }),

    poll: (tenant, sha256, now) =>
      withTenant(database, tenant, async (trx) => {
        // Locked, so that of polls at the same time one comes too soon, and an approval serves one of them.
        const { rows } = await sql<PollRow>`
          select d.id, d.expires_at <= ${now} as "isExpired", d.answer, d.scopes,
            coalesce(d.polled_at + make_interval(secs => d.interval_seconds) > ${now}, false) as "isTooSoon",
            s.id as session, s.principal, s.authenticated_at as "authenticatedAt",
            s.is_phishing_resistant as "isPhishingResistant"
          from device_codes d left join sessions s
            on s.tenant = d.tenant and s.id = d.by_session and s.ended_at is null and s.ends_at > ${now}
          where d.tenant = ${tenant} and d.sha256 = ${sha256} and d.used_at is null for update of d`.execute(trx)
        const [row] = rows
        if (!row) return undefined
        const { id, isExpired, isTooSoon, answer, scopes } = row
        const polled = { isExpired, isTooSoon, answer, scopes }
        await sql`update device_codes set polled_at = ${now}, interval_seconds = least(${MAX_INTERVAL_SECONDS},
            interval_seconds + ${isTooSoon ? SLOW_DOWN_SECONDS : 0})
          where tenant = ${tenant} and id = ${id}`.execute(trx)
        if (isExpired || isTooSoon || answer !== 'approved') return polled
        await sql`update device_codes set used_at = ${now} where tenant = ${tenant} and id = ${id}`.execute(trx)
        const { session, principal, authenticatedAt, isPhishingResistant } = row
        if (session === null || principal === null || authenticatedAt === null || isPhishingResistant === null)
          return polled
        return { ...polled, session: { id: session, principal, authenticatedAt, isPhishingResistant } }
      }),

    countGuesses: (tenant, principal, since) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<{ attempts: number }>`select attempts from device_code_guesses
          where tenant = ${tenant} and principal = ${principal} and since > ${since}`.execute(trx)
        return rows[0]?.attempts ?? 0
      }),

    addGuess: (tenant, principal, now, since, record) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<{ attempts: number }>`
          insert into device_code_guesses as g (tenant, principal, attempts, since)
          values (${tenant}, ${principal}, 1, ${now})
          on conflict (tenant, principal) do update
            set attempts = case when g.since > ${since} then g.attempts + 1 else 1 end,
              since = case when g.since > ${since} then g.since else ${now} end
          returning attempts`.execute(trx)
        const attempts = rows[0]?.attempts ?? 0
        await record(trx, attempts)
        return attempts
      }),
  }
}
