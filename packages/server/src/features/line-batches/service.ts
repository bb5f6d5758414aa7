import { randomUUID } from 'node:crypto'
import type { LineBatchRecord } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Caller } from '../../platform/http/env.ts'
import { createLineFiles, KEPT_MS, toSeconds } from './files.ts'
import type { FileDeps } from './files.ts'
import { readId, writeId } from './ids.ts'
import { PLACES } from './sealed.ts'
import type { BatchRow, CountedBatch } from './store.ts'
import type { BatchContext, LineBatchService } from './types.ts'

export function createLineBatchService(deps: FileDeps): LineBatchService {
  const { store, fields, pipeline, clock, recordChange } = deps

  async function describe(tenant: string, batch: CountedBatch): Promise<LineBatchRecord> {
    const text = await fields.open(PLACES.context(tenant, batch.id), batch.sealedContext)
    return toRecord(batch, JSON.parse(text) as BatchContext)
  }

  async function find({ tenant, id: owner }: Caller, text: string): Promise<CountedBatch> {
    const batch = await store.findBatch(tenant, owner, readId('batch', text))
    if (batch) return batch
    throw new AppError('resource.unknown', { message: 'no such batch' })
  }

  return {
    ...createLineFiles(deps),

    async create(caller, { input_file_id: file, endpoint, metadata }, headers) {
      const { tenant, id: owner, credential, scopes, actor } = caller
      // A session ends with its person's work: nothing runs in its name afterwards.
      if (!credential) throw new AppError('policy.denied', { message: 'batches are run for services' })
      if (!pipeline.urls.includes(endpoint)) {
        const message = '/endpoint: not a path whose requests are run in batches'
        throw new AppError('body.invalid', { message, field: '/endpoint' })
      }
      const inputFile = readId('file', file)
      const id = randomUUID()
      const createdAt = clock.now()
      const context: BatchContext = {
        headers,
        ...(scopes && { scopes }),
        ...(actor && { actor }),
        ...(metadata && { metadata }),
      }
      const batch: Parameters<typeof store.addBatch>[1] = {
        id,
        owner,
        inputFile,
        endpoint,
        credentialKind: credential.kind,
        credentialId: credential.id,
        sealedContext: await fields.seal(PLACES.context(tenant, id), JSON.stringify(context)),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + KEPT_MS),
      }
      const isAdded = await store.addBatch(tenant, batch, (trx) =>
        recordChange(trx, { actor: caller, kind: 'line-batch.created', object: id, codes: [`file:${inputFile}`] }),
      )
      if (isAdded === undefined) throw new AppError('resource.unknown', { message: 'no such file' })
      if (!isAdded) {
        const message = '/endpoint: a line of the file is for another'
        throw new AppError('body.invalid', { message, field: '/endpoint' })
      }
      return describe(tenant, await find(caller, writeId('batch', id)))
    },

    get: async (caller, id) => describe(caller.tenant, await find(caller, id)),

    async list(caller, { after, limit }) {
      const from = after === undefined ? undefined : readId('batch', after)
      const rows = await store.listBatches(caller.tenant, caller.id, from, limit + 1)
      const batches = await Promise.all(rows.slice(0, limit).map(async (row) => describe(caller.tenant, row)))
      return { batches, hasMore: rows.length > limit }
    },

    async cancel(caller, text) {
      const { id } = await find(caller, text)
      const isCancelled = await store.cancel(caller.tenant, id, clock.now(), (trx) =>
        recordChange(trx, { actor: caller, kind: 'line-batch.cancelled', object: id }),
      )
      if (!isCancelled) throw new AppError('resource.conflict', { message: 'the batch has ended or was cancelled' })
      return describe(caller.tenant, await find(caller, text))
    },
  }
}

function toRecord(batch: CountedBatch, { metadata }: BatchContext): LineBatchRecord {
  const { id, endpoint, inputFile, state, total, completed, failed, endedAt } = batch
  const endedAs = (as: BatchRow['state']): number | null => (state === as && endedAt ? toSeconds(endedAt) : null)
  return {
    id: writeId('batch', id),
    object: 'batch',
    endpoint,
    errors: null,
    input_file_id: writeId('file', inputFile),
    completion_window: '24h',
    status: state,
    output_file_id: batch.output === null ? null : writeId('file', batch.output),
    error_file_id: batch.error === null ? null : writeId('file', batch.error),
    created_at: toSeconds(batch.createdAt),
    in_progress_at: toSeconds(batch.createdAt),
    expires_at: toSeconds(batch.expiresAt),
    finalizing_at: endedAs('completed'),
    completed_at: endedAs('completed'),
    failed_at: null,
    expired_at: endedAs('expired'),
    cancelling_at: batch.cancellingAt && toSeconds(batch.cancellingAt),
    cancelled_at: endedAs('cancelled'),
    request_counts: { total, completed, failed },
    metadata: metadata ?? null,
  }
}
