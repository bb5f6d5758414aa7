import type { KeyringSecret, KeyringStore, KeyEnvironment } from '@breakwater/keys'
import type { KeyLabel } from '@breakwater/kernel'
import type { Generated, Insertable, Selectable } from 'kysely'
import type { Db } from '../../../platform/db/database.ts'

type Tables = {
  keyring_secrets: {
    label: KeyLabel
    version: number
    id: string
    environment: string
    provider: string
    kek_id: string
    kek_version: string
    ciphertext: Buffer
    commitment: Buffer
    record_mac: Buffer | null
    created_at: Generated<Date>
  }
}
type Row = Selectable<Tables['keyring_secrets']>

const TENANT = 'installation'

/** The keyring's secrets, wrapped, in the database that all replicas share. They belong to no tenant. */
export function createKeyringStore(database: Db): KeyringStore {
  const db = database.withTables<Tables>()
  return {
    async list() {
      const rows = await db.selectFrom('keyring_secrets').selectAll().orderBy('label').orderBy('version').execute()
      return rows.map(toSecret)
    },
    async insert(secret) {
      // Two replicas that add one version: the first stands, and the other reads it back.
      await db
        .insertInto('keyring_secrets')
        .values(toRow(secret))
        .onConflict((conflict) => conflict.columns(['label', 'version']).doNothing())
        .execute()
    },
    async replace(before, after) {
      const { provider, kek_id, kek_version, ciphertext, record_mac } = toRow(after)
      const changed = await db
        .updateTable('keyring_secrets')
        .set({ provider, kek_id, kek_version, ciphertext, record_mac })
        .where('label', '=', before.label)
        .where('version', '=', before.version)
        .where('ciphertext', '=', Buffer.from(before.record.wrapped.ciphertext))
        .returning('version')
        .executeTakeFirst()
      return changed !== undefined
    },
  }
}

function toSecret(row: Row): KeyringSecret {
  const { label, version } = row
  return {
    label,
    version,
    createdAt: row.created_at,
    record: {
      environment: row.environment as KeyEnvironment,
      tenant: TENANT,
      objectClass: `keyring-${label}`,
      use: 'data',
      dekId: row.id,
      wrapped: { provider: row.provider, keyId: row.kek_id, keyVersion: row.kek_version, ciphertext: row.ciphertext },
      commitment: row.commitment,
      ...(row.record_mac !== null && { recordMac: row.record_mac }),
    },
  }
}

function toRow({ label, version, record }: KeyringSecret): Insertable<Tables['keyring_secrets']> {
  const { wrapped, recordMac } = record
  return {
    label,
    version,
    id: record.dekId,
    environment: record.environment,
    provider: wrapped.provider,
    kek_id: wrapped.keyId,
    kek_version: wrapped.keyVersion,
    ciphertext: Buffer.from(wrapped.ciphertext),
    commitment: Buffer.from(record.commitment),
    record_mac: recordMac === undefined ? null : Buffer.from(recordMac),
  }
}
