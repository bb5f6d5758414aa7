import { randomUUID } from 'node:crypto'
import type { LineFileRecord } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { SealedFields } from '../../platform/secrets/sealed-fields.ts'
import { readId, writeId } from './ids.ts'
import { checkLine } from './read-line.ts'
import { PLACES } from './sealed.ts'
import { createLineSplitter } from './split-lines.ts'
import type { FileRow, LineBatchStore, SealedLine } from './store.ts'
import type { LineBatchService, LinePipeline } from './types.ts'

export interface FileDeps {
  readonly store: LineBatchStore
  readonly fields: SealedFields
  readonly pipeline: LinePipeline
  readonly clock: Clock
  readonly recordChange: RecordChange
}

/** What is sent and what comes of it stays so long, and no longer. */
export const KEPT_MS = 24 * 3_600_000
export const MAX_FILE_BYTES = 33_554_432
const MAX_LINES = 10_000
/** Of one principal, at a time. */
const MAX_FILES = 100
/** Beside the body of a line. */
const MAX_ENVELOPE_BYTES = 16_384
const MAX_NAME_CHARS = 255
/** Written at once. */
const BATCH_LINES = 100
const BATCH_CHARS = 1_048_576
const PAGE_LINES = 50

type Files = Pick<LineBatchService, 'deleteFile' | 'getFile' | 'putFile' | 'readFile'>

export function createLineFiles({ store, fields, pipeline, clock, recordChange }: FileDeps): Files {
  async function describe(tenant: string, file: FileRow): Promise<LineFileRecord> {
    return {
      id: writeId('file', file.id),
      object: 'file',
      bytes: file.sizeBytes,
      created_at: toSeconds(file.createdAt),
      expires_at: toSeconds(file.expiresAt),
      filename: await fields.open(PLACES.name(tenant, file.id), file.sealedName),
      purpose: file.part === null ? 'batch' : 'batch_output',
      status: 'processed',
    }
  }

  async function find({ tenant, id: owner }: Caller, text: string): Promise<FileRow> {
    const file = await store.findFile(tenant, owner, readId('file', text))
    if (file && file.expiresAt > clock.now()) return file
    throw new AppError('resource.unknown', { message: 'no such file' })
  }

  async function* read(tenant: string, { id, batch, part }: FileRow): AsyncGenerator<string, void, undefined> {
    for (let after = 0; ; ) {
      const rows =
        batch === null || part === null
          ? await store.listLines(tenant, id, after, PAGE_LINES)
          : await store.listResults(tenant, batch, part === 'output' ? 'completed' : 'failed', after, PAGE_LINES)
      for (const { number, sealed } of rows) {
        const place = batch === null ? PLACES.line(tenant, id, number) : PLACES.result(tenant, batch, number)
        yield `${await fields.open(place, sealed)}\n`
        after = number
      }
      if (rows.length < PAGE_LINES) return
    }
  }

  return {
    async putFile(caller, parts) {
      const { tenant, id: owner } = caller
      const id = randomUUID()
      const splitter = createLineSplitter(pipeline.maxBodyBytes + MAX_ENVELOPE_BYTES)
      const seen = new Set<string>()
      const fieldsRead = new Map<string, string>()
      let field: string | undefined
      let isBegun = false
      let sizeBytes = 0
      let pending: SealedLine[] = []
      let pendingChars = 0

      const flush = async (): Promise<void> => {
        if (pending.length > 0) await store.addLines(tenant, id, pending)
        pending = []
        pendingChars = 0
      }
      const take = async (lines: ReturnType<typeof splitter.take>): Promise<void> => {
        for (const { number, text } of lines) {
          if (number > MAX_LINES) throw new AppError('body.too-large', { message: `more than ${MAX_LINES} lines` })
          const { customId, url } = checkLine(text, number, pipeline)
          if (seen.has(customId)) {
            const field = `/${number}/custom_id`
            throw new AppError('body.invalid', { message: `line ${number}: /custom_id: came before`, field })
          }
          seen.add(customId)
          pending.push({ number, url, sealed: await fields.seal(PLACES.line(tenant, id, number), text) })
          pendingChars += text.length
          if (pending.length >= BATCH_LINES || pendingChars >= BATCH_CHARS) await flush()
        }
      }
      const begin = async (filename: string): Promise<void> => {
        if (isBegun) throw new AppError('body.invalid', { message: '/file: came before', field: '/file' })
        const createdAt = clock.now()
        const sealedName = await fields.seal(PLACES.name(tenant, id), filename.slice(0, MAX_NAME_CHARS).toWellFormed())
        const expiresAt = new Date(createdAt.getTime() + KEPT_MS)
        isBegun = await store.beginFile(tenant, { id, owner, sealedName, createdAt, expiresAt }, MAX_FILES)
        if (!isBegun) throw new AppError('resource.conflict', { message: `at most ${MAX_FILES} files at a time` })
      }

      try {
        for await (const event of parts) {
          if (event.kind === 'part') {
            field = event.name
            if (field === 'file') await begin(event.filename ?? 'file')
            else if (field === 'purpose') fieldsRead.set(field, '')
            else throw new AppError('body.invalid', { message: 'the body: parts are file and purpose' })
          } else if (field === 'file') {
            sizeBytes += event.bytes.length
            await take(splitter.take(event.bytes))
          } else if (field !== undefined) {
            fieldsRead.set(field, `${fieldsRead.get(field) ?? ''}${event.bytes.toString('latin1')}`.slice(0, 64))
          }
        }
        if (!isBegun) throw new AppError('body.invalid', { message: '/file: missing', field: '/file' })
        await take(splitter.end())
        await flush()
        if (fieldsRead.get('purpose') !== 'batch') {
          throw new AppError('body.invalid', { message: '/purpose: must be batch', field: '/purpose' })
        }
        if (seen.size === 0) throw new AppError('body.invalid', { message: '/file: has no line', field: '/file' })
        const counts = { lines: seen.size, bytes: sizeBytes }
        await store.completeFile(tenant, id, { lines: seen.size, sizeBytes }, (trx) =>
          recordChange(trx, { actor: caller, kind: 'line-file.put', object: id, counts }),
        )
      } catch (thrown) {
        // What cannot be deleted now is deleted by the sweep: nobody sees it.
        if (isBegun) await store.deleteFile(tenant, id).catch(() => undefined)
        throw thrown
      }
      return describe(tenant, await find(caller, writeId('file', id)))
    },

    getFile: async (caller, id) => describe(caller.tenant, await find(caller, id)),

    async readFile(caller, text) {
      const file = await find(caller, text)
      const { tenant } = caller
      const codes = file.batch === null ? [] : [`batch:${file.batch}`]
      await store.recordRead(tenant, (trx) =>
        recordChange(trx, { actor: caller, kind: 'line-file.read', object: file.id, codes }),
      )
      return read(tenant, file)
    },

    async deleteFile(caller, text) {
      const { id, batch } = await find(caller, text)
      const codes = batch === null ? [] : [`batch:${batch}`]
      const isDeleted = await store.deleteFile(caller.tenant, id, (trx) =>
        recordChange(trx, { actor: caller, kind: 'line-file.deleted', object: id, codes }),
      )
      if (!isDeleted) throw new AppError('resource.conflict', { message: 'a batch that has not ended reads this file' })
    },
  }
}

export function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1_000)
}
