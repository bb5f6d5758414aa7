import type { Db } from '../../../platform/db/database.ts'
import { withTenant } from '../../../platform/db/database.ts'
import type { Invitation } from '../types.ts'

type Row = {
  tenant: string
  sha256: Buffer
  kind: Invitation['kind']
  name: string
  roles: string[]
  principal: string | null
  issued_by: string
  created_at: Date
  expires_at: Date
  used_at: Date | null
}
type Tables = { invitations: Row }

export interface InvitationStore {
  addIn(trx: Db, invitation: Invitation): Promise<void>
  /** One that was not used; whether it has run out is the caller's to judge. */
  find(tenant: string, sha256: Buffer): Promise<Invitation | undefined>
  /** False when somebody was faster. */
  useIn(trx: Db, tenant: string, sha256: Buffer, at: Date): Promise<boolean>
}

export function createInvitationStore(database: Db): InvitationStore {
  return {
    async addIn(trx, invitation) {
      await trx
        .withTables<Tables>()
        .insertInto('invitations')
        .values({
          tenant: invitation.tenant,
          sha256: invitation.sha256,
          kind: invitation.kind,
          name: invitation.name,
          roles: [...invitation.roles],
          principal: invitation.principal,
          issued_by: invitation.issuedBy,
          created_at: invitation.createdAt,
          expires_at: invitation.expiresAt,
          used_at: null,
        })
        .execute()
    },

    find: (tenant, sha256) =>
      withTenant(database, tenant, async (trx) => {
        const row = await trx
          .withTables<Tables>()
          .selectFrom('invitations')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('sha256', '=', sha256)
          .where('used_at', 'is', null)
          .executeTakeFirst()
        return row && toInvitation(row)
      }),

    async useIn(trx, tenant, sha256, at) {
      const updated = await trx
        .withTables<Tables>()
        .updateTable('invitations')
        .set({ used_at: at })
        .where('tenant', '=', tenant)
        .where('sha256', '=', sha256)
        .where('used_at', 'is', null)
        .executeTakeFirst()
      return updated.numUpdatedRows > 0n
    },
  }
}

function toInvitation(row: Row): Invitation {
  return {
    tenant: row.tenant,
    sha256: row.sha256,
    kind: row.kind,
    name: row.name,
    roles: row.roles,
    principal: row.principal,
    issuedBy: row.issued_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
