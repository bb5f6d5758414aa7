import { conditionSchema, EXEMPTIONS, isFeature } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { VendorFact } from './types.ts'

type Row = {
  tenant: string
  id: string
  version: number
  vendor: string
  service: string
  endpoint: string
  feature: string
  model: string
  region: string
  coverage: 'yes' | 'no' | 'if'
  conditions: readonly string[]
  retention_days: number | null
  lifted_by: readonly string[]
  human_review: boolean | null
  training: boolean | null
  subprocessors: readonly string[]
  agreement_term: string | null
  source_url: string
  checked_on: string
  put_by: string
  put_at: Date
  confirmed_by: string | null
  confirmed_at: Date | null
}

type Tables = { vendor_facts: Row }

type Put = Omit<VendorFact, 'version' | 'confirmedBy' | 'confirmedAt'>

export interface VendorStore {
  /** Of each the newest version, and the newest confirmed one. */
  listCurrent(tenant: string): Promise<readonly VendorFact[]>
  /**
   * Adds the facts that `choose` picks when it is told what is on record: none is put meanwhile by others. `record` runs in the
   * same transaction, unless nothing was picked.
   */
  putChosen(
    tenant: string,
    choose: (current: readonly VendorFact[]) => readonly Put[],
    record: (trx: Db) => Promise<void>,
  ): Promise<void>
  /** False, and nothing changed, when this is not the newest version or is confirmed. */
  confirm(
    tenant: string,
    { id, version }: { readonly id: string; readonly version: number },
    by: { readonly id: string; readonly at: Date },
    record: (trx: Db) => Promise<void>,
  ): Promise<boolean>
}

export function createVendorStore(database: Db): VendorStore {
  return {
    listCurrent: (tenant) => readTenant(database, tenant, async (trx) => readCurrent(trx, tenant)),

    putChosen: (tenant, choose, record) =>
      withTenant(database, tenant, async (trx) => {
        await lock(trx, tenant)
        const current = await readCurrent(trx, tenant)
        const versions = new Map<string, number>()
        for (const { id, version } of current) versions.set(id, Math.max(version, versions.get(id) ?? 0))
        const rows = choose(current).map((fact) => toRow(tenant, fact, (versions.get(fact.id) ?? 0) + 1))
        if (rows.length === 0) return
        await trx.withTables<Tables>().insertInto('vendor_facts').values(rows).execute()
        await record(trx)
      }),

    confirm: (tenant, { id, version }, by, record) =>
      withTenant(database, tenant, async (trx) => {
        await lock(trx, tenant)
        const updated = await trx
          .withTables<Tables>()
          .updateTable('vendor_facts')
          .set({ confirmed_by: by.id, confirmed_at: by.at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('version', '=', version)
          .where('confirmed_at', 'is', null)
          .where(
            sql<boolean>`not exists (select from vendor_facts n where n.tenant = ${tenant} and n.id = ${id}
              and n.version > ${version})`,
          )
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),
  }
}

async function readCurrent(trx: Db, tenant: string): Promise<readonly VendorFact[]> {
  const rows = await trx
    .withTables<Tables>()
    .selectFrom('vendor_facts')
    .distinctOn(['id', sql`confirmed_at is null`])
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('id')
    .orderBy(sql`confirmed_at is null`)
    .orderBy('version', 'desc')
    .execute()
  return rows.flatMap(toFact)
}

/** Facts are put and confirmed one after the other. */
async function lock(trx: Db, tenant: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`vendor-facts/${tenant}`}, 0))`.execute(trx)
}

function toRow(tenant: string, fact: Put, version: number): Row {
  return {
    tenant,
    id: fact.id,
    version,
    vendor: fact.vendor,
    service: fact.service,
    endpoint: fact.endpoint,
    feature: fact.feature,
    model: fact.model,
    region: fact.region,
    coverage: fact.coverage,
    conditions: fact.conditions,
    retention_days: fact.retentionDays ?? null,
    lifted_by: fact.liftedBy,
    human_review: fact.humanReview ?? null,
    training: fact.training ?? null,
    subprocessors: fact.subprocessors,
    agreement_term: fact.agreementTerm ?? null,
    source_url: fact.source,
    checked_on: fact.checkedOn,
    put_by: fact.putBy,
    put_at: fact.putAt,
    confirmed_by: null,
    confirmed_at: null,
  }
}

/** Nothing, of a feature that this version does not know: it covers nothing, and is asked about by nobody. */
function toFact(row: Row): VendorFact[] {
  const { feature } = row
  if (feature !== 'plain' && !isFeature(feature)) return []
  return [
    {
      id: row.id,
      version: row.version,
      vendor: row.vendor,
      service: row.service,
      endpoint: row.endpoint,
      feature,
      model: row.model,
      region: row.region,
      coverage: row.coverage,
      // One that is not known cannot be met.
      conditions: row.conditions.map((code) => conditionSchema.parse(code)),
      ...(row.retention_days !== null && { retentionDays: row.retention_days }),
      liftedBy: EXEMPTIONS.filter((each) => row.lifted_by.includes(each)),
      ...(row.human_review !== null && { humanReview: row.human_review }),
      ...(row.training !== null && { training: row.training }),
      subprocessors: row.subprocessors,
      ...(row.agreement_term !== null && { agreementTerm: row.agreement_term }),
      source: row.source_url,
      checkedOn: row.checked_on,
      putBy: row.put_by,
      putAt: row.put_at,
      ...(row.confirmed_by !== null && { confirmedBy: row.confirmed_by }),
      ...(row.confirmed_at !== null && { confirmedAt: row.confirmed_at }),
    },
  ]
}
