import { createHash, randomUUID } from 'node:crypto'
import { batchInputSchema } from '@breakwater/contract'
import type { BatchRecord } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import { parseInput } from '../../platform/http/body.ts'
import type { Caller } from '../../platform/http/env.ts'
import { parseStrictJson } from '../../platform/http/strict-json.ts'
import { hashOnce } from '../seen-once/index.ts'
import type { SeenOnceStore } from '../seen-once/index.ts'
import type { ServiceClients } from '../services/index.ts'
import type { BatchStore } from './store.ts'
import { verifyRequest } from './verify-request.ts'
import type { SignedRequest } from './verify-request.ts'

export interface BatchDeps {
  readonly store: BatchStore
  readonly clients: Pick<ServiceClients, 'find'>
  readonly seenOnce: Pick<SeenOnceStore, 'addIn'>
  readonly clock: Clock
  readonly recordChange: RecordChange
}

export interface BatchService {
  /**
   * Keeps a signed manifest as received; nothing works it off yet. Throws the codes of `verifyRequest`,
   * `signature.replayed`, `purpose.not-permitted`, `body.invalid`.
   */
  receive(caller: Caller, request: SignedRequest): Promise<BatchRecord>
}

export function createBatchService({ store, clients, seenOnce, clock, recordChange }: BatchDeps): BatchService {
  return {
    async receive(caller, request) {
      const { tenant, id: client } = caller
      const receivedAt = clock.now()
      const keys = (await clients.find(tenant, client))?.keys ?? []
      const { nonce, staleAt, ...signed } = verifyRequest(request, keys, receivedAt)
      const manifest = parseInput(batchInputSchema, parseStrictJson(request.body))
      if (!caller.purposes.includes(manifest.purpose)) {
        throw new AppError('purpose.not-permitted', { message: 'not a purpose of this service', field: '/purpose' })
      }
      const batch = {
        ...signed,
        id: randomUUID(),
        client,
        manifest: new TextDecoder().decode(request.body),
        manifestSha256: createHash('sha256').update(request.body).digest('hex'),
        documents: manifest.documents.length,
        receivedAt,
      }
      const isKept = await store.add(tenant, batch, {
        spend: (trx) => seenOnce.addIn(trx, tenant, 'signature', hashOnce(`${client}.${nonce}`), staleAt),
        record: (trx) => recordChange(trx, { actor: caller, kind: 'batch.received', object: batch.id }),
      })
      if (!isKept) throw new AppError('signature.replayed', { message: 'the nonce of the signature was seen before' })
      const { id, manifestSha256, documents } = batch
      return { id, state: 'received', manifestSha256, documents, receivedAt: receivedAt.toISOString() }
    },
  }
}
