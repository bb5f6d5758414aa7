import type { RecertificationKind } from '@breakwater/contract'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'
import { readTenant } from '../../platform/db/read-tenant.ts'
import type { Campaign, CampaignWithItems, Item } from './types.ts'

type CampaignRow = {
  tenant: string
  id: string
  scope: readonly RecertificationKind[]
  reviewers: readonly string[]
  started_by: string
  started_at: Date
  due_at: Date
  closed_at: Date | null
}

type ItemRow = {
  tenant: string
  id: string
  campaign: string
  kind: RecertificationKind
  subject: string
  holder: string | null
  roles: readonly string[]
  purposes: readonly string[]
  due_at: Date
  answer: 'keep' | 'revoke' | null
  answered_by: string | null
  answered_at: Date | null
  enforced_at: Date | null
}

type Tables = { recertifications: CampaignRow; recertification_items: ItemRow }

type RecordIn = (trx: Db) => Promise<void>

export interface RecertificationStore {
  add(campaign: CampaignWithItems, record: RecordIn): Promise<void>
  find(tenant: string, id: string): Promise<CampaignWithItems | undefined>
  /** Newest first. */
  list(tenant: string): Promise<readonly CampaignWithItems[]>
  /** What may be taken away and is not yet: answered with revoke, or not answered. */
  listUnconfirmed(tenant: string): Promise<readonly Item[]>
  /** False, and nothing changed, when it was answered or is due at that time. */
  answer(
    item: Item,
    answer: { readonly answer: 'keep' | 'revoke'; readonly by: string; readonly at: Date },
    record: RecordIn,
  ): Promise<boolean>
  /**
   * Takes one that is to be taken away and that no other replica has in hand, and marks it done when `enforce` is. False
   * when there is none.
   */
  enforceNext(tenant: string, at: Date, enforce: (trx: Db, item: Item) => Promise<void>): Promise<boolean>
  /** Campaigns that are due and have nothing left to carry out. */
  closeDue(tenant: string, at: Date, record: (trx: Db, campaign: Campaign) => Promise<void>): Promise<number>
}

const MAX_LISTED = 100

export function createRecertificationStore(database: Db): RecertificationStore {
  return {
    add: (campaign, record) =>
      withTenant(database, campaign.tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        await db.insertInto('recertifications').values(toCampaignRow(campaign)).execute()
        // By the batch: a statement holds a bounded number of values.
        for (let at = 0; at < campaign.items.length; at += 1_000) {
          const rows = campaign.items.slice(at, at + 1_000).map(toItemRow)
          await db.insertInto('recertification_items').values(rows).execute()
        }
        await record(trx)
      }),

    find: (tenant, id) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('recertifications')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst()
        return row && { ...toCampaign(row), items: await readItems(trx, tenant, [id]) }
      }),

    list: (tenant) =>
      withTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('recertifications')
          .selectAll()
          .where('tenant', '=', tenant)
          .orderBy('started_at', 'desc')
          .limit(MAX_LISTED)
          .execute()
        if (rows.length === 0) return []
        const ids = rows.map(({ id }) => id)
        const items = Map.groupBy(await readItems(trx, tenant, ids), ({ campaign }) => campaign)
        return rows.map((row) => ({ ...toCampaign(row), items: items.get(row.id) ?? [] }))
      }),

    listUnconfirmed: (tenant) =>
      readTenant(database, tenant, async (trx) => {
        const rows = await trx
          .withTables<Tables>()
          .selectFrom('recertification_items')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('enforced_at', 'is', null)
          .where((where) => where.or([where('answer', 'is', null), where('answer', '=', 'revoke')]))
          .execute()
        return rows.map(toItem)
      }),

    answer: ({ tenant, id }, { answer, by, at }, record) =>
      withTenant(database, tenant, async (trx) => {
        const updated = await trx
          .withTables<Tables>()
          .updateTable('recertification_items')
          .set({ answer, answered_by: by, answered_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('answer', 'is', null)
          .where('due_at', '>', at)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),

    enforceNext: (tenant, at, enforce) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        const row = await db
          .selectFrom('recertification_items')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('enforced_at', 'is', null)
          .where((where) =>
            where.or([
              where('answer', '=', 'revoke'),
              where.and([where('answer', 'is', null), where('due_at', '<=', at)]),
            ]),
          )
          .orderBy('due_at')
          .limit(1)
          .forUpdate()
          .skipLocked()
          .executeTakeFirst()
        if (!row) return false
        await db
          .updateTable('recertification_items')
          .set({ enforced_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', row.id)
          .execute()
        await enforce(trx, toItem(row))
        return true
      }),

    closeDue: (tenant, at, record) =>
      withTenant(database, tenant, async (trx) => {
        const closed = await trx
          .withTables<Tables>()
          .updateTable('recertifications as c')
          .set({ closed_at: at })
          .where('c.tenant', '=', tenant)
          .where('c.closed_at', 'is', null)
          .where('c.due_at', '<=', at)
          .where((where) =>
            where.not(
              where.exists(
                where
                  .selectFrom('recertification_items as i')
                  .select('i.id')
                  .where('i.tenant', '=', tenant)
                  .whereRef('i.campaign', '=', 'c.id')
                  .where('i.enforced_at', 'is', null)
                  .where((item) => item.or([item('i.answer', 'is', null), item('i.answer', '=', 'revoke')])),
              ),
            ),
          )
          .returningAll()
          .execute()
        for (const row of closed) await record(trx, toCampaign(row))
        return closed.length
      }),
  }
}

async function readItems(trx: Db, tenant: string, campaigns: readonly string[]): Promise<readonly Item[]> {
  const rows = await trx
    .withTables<Tables>()
    .selectFrom('recertification_items')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('campaign', 'in', campaigns)
    .orderBy('kind')
    .orderBy('subject')
    .execute()
  return rows.map(toItem)
}

function toCampaignRow(campaign: Campaign): CampaignRow {
  return {
    tenant: campaign.tenant,
    id: campaign.id,
    scope: campaign.scope,
    reviewers: campaign.reviewers,
    started_by: campaign.startedBy,
    started_at: campaign.startedAt,
    due_at: campaign.dueAt,
    closed_at: null,
  }
}

function toItemRow(item: Item): ItemRow {
  return {
    tenant: item.tenant,
    id: item.id,
    campaign: item.campaign,
    kind: item.kind,
    subject: item.subject,
    holder: item.holder ?? null,
    roles: item.roles,
    purposes: item.purposes,
    due_at: item.dueAt,
    answer: null,
    answered_by: null,
    answered_at: null,
    enforced_at: null,
  }
}

function toCampaign(row: CampaignRow): Campaign {
  return {
    tenant: row.tenant,
    id: row.id,
    scope: row.scope,
    reviewers: row.reviewers,
    startedBy: row.started_by,
    startedAt: row.started_at,
    dueAt: row.due_at,
    ...(row.closed_at !== null && { closedAt: row.closed_at }),
  }
}

function toItem(row: ItemRow): Item {
  return {
    tenant: row.tenant,
    id: row.id,
    campaign: row.campaign,
    kind: row.kind,
    subject: row.subject,
    ...(row.holder !== null && { holder: row.holder }),
    roles: row.roles,
    purposes: row.purposes,
    dueAt: row.due_at,
    ...(row.answer !== null && { answer: row.answer }),
    ...(row.answered_by !== null && { answeredBy: row.answered_by }),
    ...(row.answered_at !== null && { answeredAt: row.answered_at }),
  }
}
