import type { BasisKind, DataClass } from '@breakwater/contract'
import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import type { EndReason, LegalBasis } from './types.ts'

type Row = {
  tenant: string
  id: string
  version: number
  kind: BasisKind
  purposes: readonly string[]
  data_class: DataClass
  principals: readonly string[]
  elements: readonly string[]
  document_sha256: string
  patients: readonly string[]
  effective_from: Date
  expires_at: Date | null
  expiry_event: string | null
  ended_at: Date | null
  end_reason: EndReason | null
}

type Tables = { legal_bases: Row }

type RecordVersion = (trx: Db, version: number) => Promise<void>

export interface LegalBasisStore {
  listLatest(tenant: string): Promise<readonly LegalBasis[]>
  put(basis: Omit<LegalBasis, 'version' | 'endedAt' | 'endReason'>, record: RecordVersion): Promise<number>
  /** False when there is none, or its latest version is ended already. */
  endLatest(
    tenant: string,
    id: string,
    end: { readonly at: Date; readonly reason: EndReason },
    record: RecordVersion,
  ): Promise<boolean>
}

export function createLegalBasisStore(database: Db): LegalBasisStore {
  return {
    listLatest: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('legal_bases')
          .distinctOn('id')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('id')
          .orderBy('version', 'desc')
          .execute()
        return rows.map(toBasis)
      }),

    put: (basis, record) =>
      withTenant(database, basis.tenant, async (trx) => {
        const { tenant, id } = basis
        await lock(trx, tenant, id)
        const version = (await findLatest(trx, tenant, id)) + 1
        await trx
          .withTables<Tables>()
          .insertInto('legal_bases')
          .values({
            tenant,
            id,
            version,
            kind: basis.kind,
            purposes: basis.purposes,
            data_class: basis.dataClass,
            principals: basis.principals,
            elements: basis.elements,
            document_sha256: basis.documentSha256,
            patients: basis.patients,
            effective_from: basis.effectiveFrom,
            expires_at: basis.expiresAt ?? null,
            expiry_event: basis.expiryEvent ?? null,
            ended_at: null,
            end_reason: null,
          })
          .execute()
        await record(trx, version)
        return version
      }),

    endLatest: (tenant, id, { at, reason }, record) =>
      withTenant(database, tenant, async (trx) => {
        await lock(trx, tenant, id)
        const version = await findLatest(trx, tenant, id)
        const updated = await trx
          .withTables<Tables>()
          .updateTable('legal_bases')
          .set({ ended_at: at, end_reason: reason })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('version', '=', version)
          .where('ended_at', 'is', null)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx, version)
        return true
      }),
  }
}

/** Versions of one record are made and ended one after the other. */
async function lock(trx: Db, tenant: string, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`legal-bases/${tenant}/${id}`}, 0))`.execute(trx)
}

async function findLatest(trx: Db, tenant: string, id: string): Promise<number> {
  const row = await trx
    .withTables<Tables>()
    .selectFrom('legal_bases')
    .select((e) => e.fn.max('version').as('version'))
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.version ?? 0
}

function toBasis(row: Row): LegalBasis {
  return {
    tenant: row.tenant,
    id: row.id,
    version: row.version,
    kind: row.kind,
    purposes: row.purposes,
    dataClass: row.data_class,
    principals: row.principals,
    elements: row.elements,
    documentSha256: row.document_sha256,
    patients: row.patients,
    effectiveFrom: row.effective_from,
    ...(row.expires_at && { expiresAt: row.expires_at }),
    ...(row.expiry_event !== null && { expiryEvent: row.expiry_event }),
    ...(row.ended_at && { endedAt: row.ended_at }),
    ...(row.end_reason && { endReason: row.end_reason }),
  }
}
