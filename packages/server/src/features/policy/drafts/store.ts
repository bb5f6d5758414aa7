import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'
import type { PolicyDraft } from './types.ts'

type Row = {
  tenant: string
  sha256: string
  origin: 'uploaded' | 'shipped'
  drafted_by: string
  drafted_at: Date
  tested_at: Date | null
  cases_passed: number | null
  approved_by: string | null
  approved_at: Date | null
  is_single_control: boolean
}

type Tables = { policy_drafts: Row; policy_sets: { tenant: string; sha256: string; document: string } }

type RecordIt = (trx: Db) => Promise<void>

export interface DraftStore {
  list(tenant: string): Promise<readonly PolicyDraft[]>
  find(tenant: string, sha256: string): Promise<PolicyDraft | undefined>
  /** Keeps the document and the draft. False when the same set was drafted before. */
  add(draft: PolicyDraft & { readonly tenant: string; readonly document: string }, record: RecordIt): Promise<boolean>
  /** False when there is no such draft. */
  setTested(tenant: string, sha256: string, tested: { at: Date; count: number }, record: RecordIt): Promise<boolean>
  /** False when it is approved already. */
  setApproved(
    tenant: string,
    sha256: string,
    approved: { by: string; at: Date; isSingleControl: boolean },
    record: RecordIt,
  ): Promise<boolean>
}

export function createDraftStore(database: Db): DraftStore {
  const read = async (tenant: string, sha256?: string): Promise<readonly PolicyDraft[]> =>
    withTenant(database, tenant, async (trx) => {
      const rows = await trx
        .withTables<Tables>()
        .selectFrom('policy_drafts')
        .selectAll()
        .where('tenant', '=', tenant)
        .$if(sha256 !== undefined, (query) => query.where('sha256', '=', sha256 ?? ''))
        .orderBy('drafted_at', 'desc')
        .orderBy('sha256')
        .execute()
      return rows.map(toDraft)
    })

  return {
    list: async (tenant) => read(tenant),

    find: async (tenant, sha256) => (await read(tenant, sha256))[0],

    add: ({ tenant, document, ...draft }, record) =>
      withTenant(database, tenant, async (trx) => {
        const { sha256 } = draft
        const db = trx.withTables<Tables>()
        await db
          .insertInto('policy_sets')
          .values({ tenant, sha256, document })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        const added = await db
          .insertInto('policy_drafts')
          .values({
            tenant,
            sha256,
            origin: draft.origin,
            drafted_by: draft.draftedBy,
            drafted_at: draft.draftedAt,
            tested_at: null,
            cases_passed: null,
            approved_by: null,
            approved_at: null,
            is_single_control: false,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if (added.numInsertedOrUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),

    setTested: (tenant, sha256, { at, count }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('policy_drafts')
          .set({ tested_at: at, cases_passed: count })
          .where('tenant', '=', tenant)
          .where('sha256', '=', sha256)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),

    setApproved: (tenant, sha256, { by, at, isSingleControl }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('policy_drafts')
          .set({ approved_by: by, approved_at: at, is_single_control: isSingleControl })
          .where('tenant', '=', tenant)
          .where('sha256', '=', sha256)
          .where('approved_by', 'is', null)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),
  }
}

function toDraft(row: Row): PolicyDraft {
  return {
    sha256: row.sha256,
    origin: row.origin,
    draftedBy: row.drafted_by,
    draftedAt: row.drafted_at,
    ...(row.tested_at && { testedAt: row.tested_at }),
    ...(row.cases_passed !== null && { casesPassed: row.cases_passed }),
    ...(row.approved_by !== null && { approvedBy: row.approved_by }),
    ...(row.approved_at && { approvedAt: row.approved_at }),
    isSingleControl: row.is_single_control,
  }
}
