import type { DekRecord, DekScope, DekStore, DekUse, KeyEnvironment } from '@breakwater/keys'
import type { Clock } from '@breakwater/kernel'
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { rethrowOutage, withTenant } from '../../platform/db/database.ts'
import type { KekEvent, KekVersion } from './types.ts'

interface DataKeys {
  tenant: string
  id: string
  environment: string
  object_class: string
  subject: string | null
  use: DekUse
  is_current: boolean
  provider: string
  kek_id: string
  kek_version: string
  ciphertext: Buffer | null
  commitment: Buffer
  record_mac: Buffer | null
  messages: string
  created_at: Date
  wrapped_at: Date
  shredded_at: Date | null
}

type Tables = {
  data_keys: DataKeys
  data_key_wraps: {
    tenant: string
    data_key: string
    sequence: number
    provider: string
    kek_id: string
    kek_version: string
    wrapped_at: Date
  }
  kek_events: {
    tenant: string
    provider: string
    kek_id: string
    kek_version: string
    event: KekEvent['event']
    happened_at: Date
    recorded_by: string
  }
}

type Row = Pick<
  Selectable<DataKeys>,
  | 'tenant'
  | 'id'
  | 'environment'
  | 'object_class'
  | 'subject'
  | 'use'
  | 'provider'
  | 'kek_id'
  | 'kek_version'
  | 'ciphertext'
  | 'commitment'
  | 'record_mac'
>
const COLUMNS = [
  'tenant',
  'id',
  'environment',
  'object_class',
  'subject',
  'use',
  'provider',
  'kek_id',
  'kek_version',
  'ciphertext',
  'commitment',
  'record_mac',
] as const

type Recording<Result = void> = (trx: Db) => Promise<Result>

/** How many data keys of one class are under one version of a key-encryption key. */
interface KeyUsage extends KekVersion {
  readonly objectClass: string
  readonly use: DekUse
  readonly keys: number
}

export interface KeyStore extends DekStore {
  usage(tenant: string): Promise<readonly KeyUsage[]>
  inTransaction(tenant: string, work: Recording): Promise<void>
  /** Keys that are not under this version, nor under the current wrap key of their class; oldest wrap first. */
  listForRewrap(tenant: string, current: Omit<KekVersion, 'kekId'>, limit: number): Promise<readonly DekRecord[]>
  /** False when the key was shredded or re-wrapped meanwhile. */
  replaceWrap(before: DekRecord, after: DekRecord): Promise<boolean>
  /** Empties the wraps of the subjects' keys, and records it; undefined when all were empty. */
  shred(
    tenant: string,
    subjects: readonly string[],
    at: Date,
    record: (trx: Db, ids: readonly string[]) => Promise<{ readonly index: number }>,
  ): Promise<{ readonly ids: readonly string[]; readonly ledgerIndex: number } | undefined>
  /** The ids of a subject's keys, with their first and last moment here. */
  listOfSubject(tenant: string, subject: string): Promise<readonly SubjectKey[]>
  /**
   * Keys of any tenant that were shredded or replaced within so many seconds. Forgets what is older than a while: who did not
   * ask for that long trusts nothing anyway.
   */
  listChanges(seconds: number): Promise<readonly { readonly id: string; readonly dekId: string }[]>
  addKekEvent(tenant: string, event: KekEvent, by: string, record: Recording): Promise<void>
  listKekEvents(tenant: string): Promise<readonly KekEvent[]>
}

export interface SubjectKey {
  readonly id: string
  readonly createdAt: Date
  readonly shreddedAt: Date | undefined
  /** Under what it was wrapped, oldest first: its own, or that of the key above it. */
  readonly wraps: readonly (KekVersion & { readonly wrappedAt: Date })[]
}

const MAX_LISTED = 10_000

export function createKeyStore(database: Db, clock: Clock): KeyStore {
  const findCurrentIn = async (trx: Db, { tenant, objectClass, subject, use }: DekScope): Promise<Row | undefined> =>
    trx
      .withTables<Tables>()
      .selectFrom('data_keys')
      .select(COLUMNS)
      .where('tenant', '=', tenant)
      .where('object_class', '=', objectClass)
      .where(sql<boolean>`coalesce(subject, '') = ${subject ?? ''}`)
      .where('use', '=', use)
      .where('is_current', '=', true)
      .executeTakeFirst()

  return {
    findCurrent: (scope) =>
      withTenant(database, scope.tenant, async (trx) => toRecord(await findCurrentIn(trx, scope)) ?? undefined),

    findById: (tenant, dekId) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('data_keys')
          .select(COLUMNS)
          .where('tenant', '=', tenant)
          .where('id', '=', dekId)
          .executeTakeFirst()
        return row && (toRecord(row) ?? 'shredded')
      }),

    insertCurrent: (record, replaces) =>
      withTenant(database, record.tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const { tenant, objectClass, subject = '', use } = record
        // Replicas that need one key together take turns.
        await sql`select pg_advisory_xact_lock(hashtextextended(${`${tenant}/${objectClass}/${subject}/${use}`}, 6))`.execute(
          trx,
        )
        const found = toRecord(await findCurrentIn(trx, record))
        if (found && found.dekId !== replaces) return found
        if (found) {
          await db
            .updateTable('data_keys')
            .set({ is_current: false })
            .where('tenant', '=', tenant)
            .where('id', '=', found.dekId)
            .execute()
        }
        const at = clock.now()
        await db
          .insertInto('data_keys')
          .values({ ...toRow(record), is_current: true, messages: '0', created_at: at, wrapped_at: at })
          .execute()
        await addWrap(trx, record, at)
        return record
      }),

    reserveMessages: (tenant, dekId, wanted, maxMessages) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<{ granted: string }>`
          with held as (select messages from data_keys where tenant = ${tenant} and id = ${dekId} for update),
            lease as (select least(${wanted}::bigint, greatest(${maxMessages}::bigint - messages, 0)) as granted from held)
          update data_keys set messages = messages + lease.granted from lease
            where tenant = ${tenant} and id = ${dekId} returning lease.granted`.execute(trx)
        return Number(rows[0]?.granted ?? 0)
      }),

    inTransaction: (tenant, work) => withTenant(database, tenant, work),

    usage: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('data_keys')
          .select(['provider', 'kek_id', 'kek_version', 'object_class', 'use'])
          .select(sql<string>`count(*)`.as('keys'))
          .where('tenant', '=', tenant)
          .where('ciphertext', 'is not', null)
          .groupBy(['provider', 'kek_id', 'kek_version', 'object_class', 'use'])
          .orderBy('object_class')
          .orderBy('kek_version')
          .limit(MAX_LISTED)
          .execute()
        return rows.map((row) => ({
          provider: row.provider,
          kekId: row.kek_id,
          kekVersion: row.kek_version,
          objectClass: row.object_class,
          use: row.use,
          keys: Number(row.keys),
        }))
      }),

    listForRewrap: (tenant, { provider, kekVersion }, limit) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('data_keys')
          .select(COLUMNS)
          .where('tenant', '=', tenant)
          .where('ciphertext', 'is not', null)
          .where(
            sql<boolean>`case when subject is null then (provider, kek_version) <> (${provider}, ${kekVersion})
              else provider <> 'dek' or not exists (select from data_keys w where w.tenant = data_keys.tenant
                and w.id = data_keys.kek_id and w.is_current) end`,
          )
          .orderBy('wrapped_at')
          .limit(limit)
          .execute()
        return rows.flatMap((row) => toRecord(row) ?? [])
      }),

    replaceWrap: (before, after) =>
      withTenant(database, before.tenant, async (trx) => {
        const at = clock.now()
        const { provider, kek_id, kek_version, ciphertext, record_mac } = toRow(after)
        const changed = await trx
          .withTables<Tables>()
          .updateTable('data_keys')
          .set({ provider, kek_id, kek_version, ciphertext, record_mac, wrapped_at: at })
          .where('tenant', '=', before.tenant)
          .where('id', '=', before.dekId)
          .where('ciphertext', '=', Buffer.from(before.wrapped.ciphertext))
          .returning('id')
          .executeTakeFirst()
        if (changed) await addWrap(trx, after, at)
        return changed !== undefined
      }),

    shred: (tenant, subjects, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .updateTable('data_keys')
          .set({ ciphertext: null, shredded_at: at, is_current: false })
          .where('tenant', '=', tenant)
          .where('subject', 'in', subjects)
          .where('ciphertext', 'is not', null)
          .returning('id')
          .execute()
        const ids = rows.map(({ id }) => id)
        if (ids.length === 0) return undefined
        const { index } = await record(trx, ids)
        return { ids, ledgerIndex: index }
      }),

    listOfSubject: (tenant, subject) =>
      withTenant(database, tenant, async (trx) => {
        const keys = await trx
          .withTables<Tables>()
          .selectFrom('data_keys')
          .select(['id', 'object_class', 'created_at', 'shredded_at'])
          .where('tenant', '=', tenant)
          .where('subject', '=', subject)
          .orderBy('created_at')
          .limit(MAX_LISTED)
          .execute()
        // A subject's key is under a wrap key, that one under the key-encryption keys: its history is theirs.
        const { rows: wraps } = await sql<{
          id: string
          provider: string
          kek_id: string
          kek_version: string
          wrapped_at: Date
        }>`select k.id, w.provider, w.kek_id, w.kek_version, w.wrapped_at from data_keys k
             join data_key_wraps own on own.tenant = k.tenant and own.data_key = k.id
             join data_key_wraps w on w.tenant = k.tenant
               and w.data_key = case own.provider when 'dek' then own.kek_id else k.id end
             where k.tenant = ${tenant} and k.subject = ${subject} and w.provider <> 'dek'
             order by w.wrapped_at limit ${MAX_LISTED}`.execute(trx)
        return keys.map(({ id, created_at, shredded_at }) => ({
          id,
          createdAt: created_at,
          shreddedAt: shredded_at ?? undefined,
          wraps: wraps
            .filter((wrap) => wrap.id === id)
            .map((wrap) => ({
              provider: wrap.provider,
              kekId: wrap.kek_id,
              kekVersion: wrap.kek_version,
              wrappedAt: wrap.wrapped_at,
            })),
        }))
      }),

    async listChanges(seconds) {
      const { rows } = await sql<{ id: string; dekId: string }>`with gone as (
          delete from data_key_changes where changed_at < clock_timestamp() - interval '10 minutes')
        select id, data_key as "dekId" from data_key_changes
        where changed_at > clock_timestamp() - make_interval(secs => ${seconds})`
        .execute(database)
        .catch(rethrowOutage)
      return rows
    },

    addKekEvent: (tenant, event, by, record) =>
      withTenant(database, tenant, async (trx) => {
        await trx
          .withTables<Tables>()
          .insertInto('kek_events')
          .values({
            tenant,
            provider: event.provider,
            kek_id: event.kekId,
            kek_version: event.kekVersion,
            event: event.event,
            happened_at: event.happenedAt,
            recorded_by: by,
          })
          .execute()
        await record(trx)
      }),

    listKekEvents: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('kek_events')
          .select(['provider', 'kek_id', 'kek_version', 'event', 'happened_at'])
          .where('tenant', '=', tenant)
          .orderBy('happened_at')
          .limit(MAX_LISTED)
          .execute()
        return rows.map((row) => ({
          provider: row.provider,
          kekId: row.kek_id,
          kekVersion: row.kek_version,
          event: row.event,
          happenedAt: row.happened_at,
        }))
      }),
  }
}

async function addWrap(trx: Db, { tenant, dekId, wrapped }: DekRecord, at: Date): Promise<void> {
  await sql`insert into data_key_wraps (tenant, data_key, sequence, provider, kek_id, kek_version, wrapped_at)
    select ${tenant}, ${dekId}, coalesce(max(sequence), 0) + 1, ${wrapped.provider}, ${wrapped.keyId},
      ${wrapped.keyVersion}, ${at} from data_key_wraps where tenant = ${tenant} and data_key = ${dekId}`.execute(trx)
}

/** Null for a key that was shredded. */
function toRecord(row: Row | undefined): DekRecord | null {
  if (!row || row.ciphertext === null) return null
  return {
    environment: row.environment as KeyEnvironment,
    tenant: row.tenant,
    objectClass: row.object_class,
    ...(row.subject !== null && { subject: row.subject }),
    use: row.use,
    dekId: row.id,
    wrapped: { provider: row.provider, keyId: row.kek_id, keyVersion: row.kek_version, ciphertext: row.ciphertext },
    commitment: row.commitment,
    ...(row.record_mac !== null && { recordMac: row.record_mac }),
  }
}

function toRow(record: DekRecord): Row {
  const { wrapped } = record
  return {
    tenant: record.tenant,
    id: record.dekId,
    environment: record.environment,
    object_class: record.objectClass,
    subject: record.subject ?? null,
    use: record.use,
    provider: wrapped.provider,
    kek_id: wrapped.keyId,
    kek_version: wrapped.keyVersion,
    ciphertext: Buffer.from(wrapped.ciphertext),
    commitment: Buffer.from(record.commitment),
    record_mac: record.recordMac === undefined ? null : Buffer.from(record.recordMac),
  }
}
