import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'

type Tables = {
  batches: {
    tenant: string
    id: string
    client: string
    manifest: string
    manifest_sha256: string
    documents: number
    signature: string
    signature_input: string
    kid: string
    received_at: Date
  }
}

interface ReceivedBatch {
  readonly id: string
  readonly client: string
  /** As it arrived and was signed. */
  readonly manifest: string
  readonly manifestSha256: string
  readonly documents: number
  readonly signature: string
  readonly signatureInput: string
  readonly kid: string
  readonly receivedAt: Date
}

export interface BatchStore {
  /** False, and nothing kept, when `spend` says that the nonce was seen. All in one transaction. */
  add(
    tenant: string,
    batch: ReceivedBatch,
    steps: { readonly spend: (trx: Db) => Promise<boolean>; readonly record: (trx: Db) => Promise<void> },
  ): Promise<boolean>
}

export function createBatchStore(database: Db): BatchStore {
  return {
    add: (tenant, batch, { spend, record }) =>
      withTenant(database, tenant, async (trx) => {
        if (!(await spend(trx))) return false
        const { manifestSha256, signatureInput, receivedAt, ...row } = batch
        await trx
          .withTables<Tables>()
          .insertInto('batches')
          .values({
            ...row,
            tenant,
            manifest_sha256: manifestSha256,
            signature_input: signatureInput,
            received_at: receivedAt,
          })
          .execute()
        await record(trx)
        return true
      }),
  }
}
