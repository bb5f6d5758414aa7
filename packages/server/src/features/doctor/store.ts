import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { Provider } from '../providers/index.ts'

export interface DoctorStore {
  readConnection(): Promise<{ readonly version: string | null; readonly hasCertificate: boolean; readonly now: Date }>
  readRole(): Promise<{ readonly bypasses: boolean; readonly owns: boolean; readonly isDurable: boolean }>
  /** Tables of tenants whose row-level security is not forced. */
  listUnforced(): Promise<readonly string[]>
  /**
   * Columns that must be sealed and hold text, columns of bytes that nobody has classified, and columns of before whose text
   * the worker has not sealed yet.
   */
  listPlain(tenant: string): Promise<{
    readonly plain: readonly string[]
    readonly unclassified: readonly string[]
    readonly old: readonly string[]
  }>
  countAdministrators(tenant: string): Promise<number>
  /** Tokens of the first start and of development that are still good. */
  countSeedTokens(tenant: string): Promise<number>
  readPolicy(tenant: string): Promise<
    | {
        readonly sha256: string
        readonly document: string
        readonly isApproved: boolean
        readonly drifted: number
        readonly forbidsPhiOutside: boolean
      }
    | undefined
  >
  readLedger(
    tenant: string,
    olderThanSeconds: number,
  ): Promise<{ readonly loneIntents: number; readonly waitingSeconds: number }>
  /** The rules, by hash, under which replicas asked for evidence within the last ten minutes. */
  listReleaseRules(tenant: string): Promise<readonly string[]>
  /** Providers in use without an agreement in force; those with a business associate's; exceptions past their end. */
  readAgreements(tenant: string): Promise<{
    readonly uncovered: readonly string[]
    readonly covered: readonly string[]
    readonly overdueExceptions: number
  }>
  /** Providers in use, vendors' services of which a fact is to be confirmed, and agreements in force that end within 60 days. */
  readRegistry(tenant: string): Promise<{
    readonly providers: readonly Pick<
      Provider,
      'id' | 'kind' | 'isInternal' | 'baseUrl' | 'vendor' | 'service' | 'region' | 'settings'
    >[]
    readonly pending: readonly { readonly vendor: string; readonly service: string }[]
    readonly ending: readonly { readonly id: string; readonly days: number }[]
  }>
}

/** Every column of bytes: what is sealed, and what needs no sealing because it is a hash, a MAC or a public key. */
const BYTES: Readonly<Record<string, 'sealed' | 'open'>> = {
  'data_keys.ciphertext': 'sealed',
  'keyring_secrets.ciphertext': 'sealed',
  'data_keys.commitment': 'open',
  'keyring_secrets.commitment': 'open',
  'ledger_checkpoints.root': 'open',
  'ledger_entries.entry': 'open',
  'passkeys.public_key': 'open',
}
// By its name: what is called sealed must be, and a hash or a MAC opens nothing.
const SEALED = /^sealed_/
const HASH = /(^|_)(sha256|mac)$/

function classify(relation: string, attribute: string): 'sealed' | 'open' | undefined {
  if (SEALED.test(attribute)) return 'sealed'
  return HASH.test(attribute) ? 'open' : BYTES[`${relation}.${attribute}`]
}

export function createDoctorStore(db: Db): DoctorStore {
  const count = async (trx: Db, query: ReturnType<typeof sql<{ count: number }>>): Promise<number> =>
    (await query.execute(trx)).rows[0]?.count ?? 0

  return {
    // As who logged in: under another role, a connection is not shown what is its own.
    readConnection: async () =>
      db.transaction().execute(async (trx) => {
        await sql`set local role none`.execute(trx)
        const { rows } = await sql<{ version: string | null; dn: string | null; now: Date }>`
          select clock_timestamp() as now, s.version, s.client_dn as dn
          from (values (pg_backend_pid())) own (pid) left join pg_stat_ssl s using (pid)`.execute(trx)
        const [row] = rows
        return {
          version: row?.version ?? null,
          hasCertificate: typeof row?.dn === 'string',
          now: row?.now ?? new Date(0),
        }
      }),

    async readRole() {
      const { rows } = await sql<{ bypasses: boolean; owns: boolean; isDurable: boolean }>`select
          (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as bypasses,
          exists (select from pg_tables where schemaname = 'public'
            and pg_has_role(current_user, tableowner, 'member')) as owns,
          current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' as "isDurable"`.execute(db)
      return rows[0] ?? { bypasses: true, owns: true, isDurable: false }
    },

    async listUnforced() {
      const { rows } = await sql<{ name: string }>`select c.relname as name from pg_class c
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
          and not (c.relrowsecurity and c.relforcerowsecurity)
          and (c.relname = 'tenants' or exists (select from pg_attribute a
            where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped)) order by 1`.execute(db)
      return rows.map(({ name }) => name)
    },

    listPlain: async (tenant) =>
      withTenant(db, tenant, async (trx) => {
        const { rows } = await sql<{ relation: string; attribute: string }>`
          select c.relname as relation, a.attname as attribute from pg_attribute a join pg_class c on c.oid = a.attrelid
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
            and not a.attisdropped and a.atttypid = 'bytea'::regtype order by 1, 2`.execute(trx)
        const names = rows.map((row) => ({
          ...row,
          name: `${row.relation}.${row.attribute}`,
          kind: classify(row.relation, row.attribute),
        }))
        const unclassified = names.filter(({ kind }) => kind === undefined)
        const plain: string[] = []
        for (const { relation, attribute, name, kind } of names) {
          if (kind !== 'sealed') continue
          // Of 64 bytes that look random, one at least is no ASCII: 'escape' then writes a backslash.
          const found = await sql<{ found: boolean }>`select exists (select from ${sql.table(relation)}
            where length(${sql.ref(attribute)}) >= 32 and encode(${sql.ref(attribute)}, 'escape') not like '%\\\\%') as found`.execute(
            trx,
          )
          if (found.rows[0]?.found) plain.push(name)
        }
        const retired = await sql<{ relation: string; attribute: string }>`
          select c.relname as relation, a.attname as attribute from pg_attribute a
          join pg_class c on c.oid = a.attrelid
          join pg_attribute s on s.attrelid = a.attrelid and s.attname = 'sealed_' || a.attname and not s.attisdropped
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not a.attisdropped
          order by 1, 2`.execute(trx)
        const old: string[] = []
        for (const { relation, attribute } of retired.rows) {
          const found = await sql<{ found: boolean }>`select exists (select from ${sql.table(relation)}
            where ${sql.ref(attribute)} is not null) as found`.execute(trx)
          if (found.rows[0]?.found) old.push(`${relation}.${attribute}`)
        }
        return { plain, unclassified: unclassified.map(({ name }) => name), old }
      }),

    countAdministrators: async (tenant) =>
      withTenant(db, tenant, async (trx) =>
        count(
          trx,
          sql`select count(*)::int as count from people p join principals q on q.tenant = p.tenant and q.id = p.principal
            where p.tenant = ${tenant} and q.disabled_at is null and 'administrator' = any (q.roles)`,
        ),
      ),

    countSeedTokens: async (tenant) =>
      withTenant(db, tenant, async (trx) =>
        count(
          trx,
          sql`select count(*)::int as count from principal_tokens where tenant = ${tenant} and revoked_at is null
            and expires_at > clock_timestamp() and reason in ('bootstrap', 'development')`,
        ),
      ),

    listReleaseRules: async (tenant) =>
      withTenant(db, tenant, async (trx) => {
        const { rows } = await sql<{ rule: Buffer }>`select distinct rule_sha256 as rule from attestation_challenges
          where tenant = ${tenant} and issued_at > clock_timestamp() - interval '10 minutes'`.execute(trx)
        return rows.map(({ rule }) => rule.toString('hex'))
      }),

    readPolicy: async (tenant) =>
      withTenant(db, tenant, async (trx) => {
        const { rows } = await sql<{ sha256: string; document: string; isApproved: boolean; drifted: number }>`
          select a.sha256, s.document,
            exists (select from policy_drafts d where d.tenant = a.tenant and d.sha256 = a.sha256
              and d.approved_by is not null) as "isApproved",
            (select count(*)::int from policy_folders f where f.tenant = a.tenant and f.state = 'drifted'
              and f.seen_at > clock_timestamp() - interval '1 day') as drifted
          from policy_activations a join policy_sets s on s.tenant = a.tenant and s.sha256 = a.sha256
          where a.tenant = ${tenant} order by a.sequence desc limit 1`.execute(trx)
        const [row] = rows
        return row && { ...row, forbidsPhiOutside: row.document.includes('"no-phi-outside-production"') }
      }),

    readLedger: async (tenant, olderThanSeconds) =>
      withTenant(db, tenant, async (trx) => {
        const { rows } = await sql<{ loneIntents: number; waitingSeconds: number }>`select
          (select count(*)::int from ledger_entries i where i.tenant = ${tenant} and i.kind = 'crossing.intent'
            and i.recorded_at < clock_timestamp() - make_interval(secs => ${olderThanSeconds}) and not exists (
              select from ledger_entries o where o.crossing = i.crossing
                and o.kind in ('crossing.outcome', 'crossing.refused'))) as "loneIntents",
          (select coalesce(extract(epoch from clock_timestamp() - min(e.recorded_at)), 0)::float8 from ledger_entries e
            where e.tenant = ${tenant} and e.idx >= (select coalesce(max(size), 0) from ledger_checkpoints))
            as "waitingSeconds"`.execute(trx)
        return rows[0] ?? { loneIntents: 0, waitingSeconds: 0 }
      }),

    readAgreements: async (tenant) =>
      withTenant(db, tenant, async (trx) => {
        const { rows } = await sql<{ id: string; isCovered: boolean; isExternal: boolean }>`
          select p.id, l.provider is not null as "isCovered", coalesce(l.kind = 'business-associate', false) as "isExternal"
          from (select distinct on (id) * from providers where tenant = ${tenant} order by id, version desc) p
          left join lateral (select a.provider, a.kind from agreements a where a.tenant = p.tenant and a.provider = p.id
              and a.activated_at is not null and a.kind <> 'subcontractor'
              and a.terminated_at is null and a.effective_from <= clock_timestamp() and a.effective_to > clock_timestamp()
              order by a.kind limit 1) l on true
          where p.disabled_at is null order by p.id`.execute(trx)
        const overdueExceptions = await count(
          trx,
          sql`select count(*)::int as count from exceptions where tenant = ${tenant} and ended_at is null
            and expires_at < clock_timestamp() - interval '5 minutes'`,
        )
        return {
          uncovered: rows.filter(({ isCovered }) => !isCovered).map(({ id }) => id),
          covered: rows.filter(({ isExternal }) => isExternal).map(({ id }) => id),
          overdueExceptions,
        }
      }),

    readRegistry: async (tenant) =>
      withTenant(db, tenant, async (trx) => {
        const providers =
          await sql<ProviderRow>`select id, kind, base_url, is_internal, vendor, service, region, settings
          from providers where tenant = ${tenant} and disabled_at is null order by id`.execute(trx)
        const pending = await sql<{ vendor: string; service: string }>`select distinct f.vendor, f.service
          from vendor_facts f where f.tenant = ${tenant} and f.confirmed_at is null and not exists (
            select from vendor_facts n where n.tenant = f.tenant and n.id = f.id and n.version > f.version)`.execute(
          trx,
        )
        const ending = await sql<{ id: string; days: number }>`
          select id, floor(extract(epoch from effective_to - clock_timestamp()) / 86400)::int as days
          from (select distinct on (id) * from agreements where tenant = ${tenant} and activated_at is not null
            order by id, version desc) a
          where terminated_at is null and effective_to > clock_timestamp()
            and effective_to < clock_timestamp() + interval '60 days' order by id`.execute(trx)
        return { providers: providers.rows.map(toProvider), pending: pending.rows, ending: ending.rows }
      }),
  }
}

interface ProviderRow {
  readonly id: string
  readonly kind: Provider['kind']
  readonly base_url: string | null
  readonly is_internal: boolean
  readonly vendor: string | null
  readonly service: string | null
  readonly region: string | null
  readonly settings: Provider['settings'] | null
}

function toProvider(row: ProviderRow): Awaited<ReturnType<DoctorStore['readRegistry']>>['providers'][number] {
  return {
    id: row.id,
    kind: row.kind,
    isInternal: row.is_internal,
    ...(row.base_url !== null && { baseUrl: row.base_url }),
    ...(row.vendor !== null && { vendor: row.vendor }),
    ...(row.service !== null && { service: row.service }),
    ...(row.region !== null && { region: row.region }),
    ...(row.settings && { settings: row.settings }),
  }
}
