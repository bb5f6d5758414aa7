import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'

/** What was seen in a policy folder under one version of this program. */
export interface SeenFolder {
  readonly folder: 'shipped' | 'declared'
  readonly version: string
  readonly sha256: string
  readonly state: 'recorded' | 'drifted'
}

type Tables = {
  policy_folders: SeenFolder & { tenant: string; seen_at: Date }
  policy_sets: { tenant: string; sha256: string; document: string }
}

export interface FolderStore {
  list(tenant: string, folder: SeenFolder['folder']): Promise<readonly SeenFolder[]>
  /** Keeps what was seen, and its text. False, and nothing recorded, when it was seen before. */
  add(
    seen: SeenFolder & { readonly tenant: string; readonly document: string; readonly at: Date },
    record: (trx: Db) => Promise<void>,
  ): Promise<boolean>
}

export function createFolderStore(database: Db): FolderStore {
  return {
    list: (tenant, folder) =>
      withTenant(database, tenant, async (trx) =>
        trx
          .withTables<Tables>()
          .selectFrom('policy_folders')
          .select(['folder', 'version', 'sha256', 'state'])
          .where('tenant', '=', tenant)
          .where('folder', '=', folder)
          .orderBy('seen_at')
          .execute(),
      ),

    add: ({ tenant, document, at, ...seen }, record) =>
      withTenant(database, tenant, async (trx) => {
        const db = trx.withTables<Tables>()
        await db
          .insertInto('policy_sets')
          .values({ tenant, sha256: seen.sha256, document })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        const added = await db
          .insertInto('policy_folders')
          .values({ tenant, ...seen, seen_at: at })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if (added.numInsertedOrUpdatedRows === 0n) return false
        await record(trx)
        return true
      }),
  }
}
