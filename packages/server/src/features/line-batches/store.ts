import { sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { withTenant } from '../../platform/db/database.ts'

export interface FileRow {
  readonly id: string
  readonly owner: string
  readonly sealedName: Buffer
  readonly batch: string | null
  readonly part: 'output' | 'error' | null
  readonly sizeBytes: number
  readonly createdAt: Date
  readonly expiresAt: Date
}

export interface BatchRow {
  readonly id: string
  readonly owner: string
  readonly inputFile: string
  readonly endpoint: string
  readonly credentialKind: 'token' | 'client'
  readonly credentialId: string
  readonly sealedContext: Buffer
  readonly state: 'in_progress' | 'cancelling' | 'completed' | 'cancelled' | 'expired'
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly cancellingAt: Date | null
  readonly endedAt: Date | null
}

export interface CountedBatch extends BatchRow {
  readonly total: number
  readonly completed: number
  readonly failed: number
  readonly output: string | null
  readonly error: string | null
}

export interface SealedLine {
  readonly number: number
  readonly url: string
  readonly sealed: Buffer
}

/** A line that this replica alone runs now. */
export interface ClaimedLine {
  readonly batch: BatchRow
  readonly number: number
  readonly claimedAt: Date
  readonly url: string
  readonly sealedLine: Buffer
}

export interface LineEnd {
  readonly state: 'completed' | 'failed'
  readonly sealed: Buffer
  readonly sizeBytes: number
}

type Then = (trx: Db) => Promise<void>
export type LineBatchStore = ReturnType<typeof createLineBatchStore>

const FILE = sql`id, owner, sealed_name as "sealedName", batch, part, size_bytes::float8 as "sizeBytes",
  created_at as "createdAt", expires_at as "expiresAt"`
const BATCH = sql`b.id, b.owner, b.input_file as "inputFile", b.endpoint, b.credential_kind as "credentialKind",
  b.credential_id as "credentialId", b.sealed_context as "sealedContext", b.state, b.created_at as "createdAt",
  b.expires_at as "expiresAt", b.cancelling_at as "cancellingAt", b.ended_at as "endedAt"`
const COUNTED = sql`${BATCH}, c.total, c.completed, c.failed,
  (select f.id from line_files f where (f.tenant, f.batch) = (b.tenant, b.id) and f.part = 'output') as output,
  (select f.id from line_files f where (f.tenant, f.batch) = (b.tenant, b.id) and f.part = 'error') as error
  from line_batches b cross join lateral (select count(*)::int as total,
    count(*) filter (where r.state = 'completed')::int as completed,
    count(*) filter (where r.state = 'failed')::int as failed
    from line_results r where (r.tenant, r.batch) = (b.tenant, b.id)) c`

export function createLineBatchStore(database: Db) {
  async function one<Row>(tenant: string, query: ReturnType<typeof sql<Row>>): Promise<Row | undefined> {
    return withTenant(database, tenant, async (trx) => (await query.execute(trx)).rows[0])
  }
  async function all<Row>(tenant: string, query: ReturnType<typeof sql<Row>>): Promise<readonly Row[]> {
    return withTenant(database, tenant, async (trx) => (await query.execute(trx)).rows)
  }

  return {
    /** A file that nobody sees before it is complete. Nothing of it is kept when its owner holds too many. */
    beginFile: async (tenant: string, file: Omit<FileRow, 'batch' | 'part' | 'sizeBytes'>, maxHeld: number) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql`insert into line_files
            (tenant, id, owner, sealed_name, line_count, size_bytes, is_ready, created_at, expires_at)
          select ${tenant}, ${file.id}, ${file.owner}, ${file.sealedName}, 0, 0, false, ${file.createdAt}, ${file.expiresAt}
          where (select count(*) from line_files where tenant = ${tenant} and owner = ${file.owner} and part is null)
            < ${maxHeld} returning id`.execute(trx)
        return rows.length > 0
      }),

    addLines: async (tenant: string, file: string, lines: readonly SealedLine[]) =>
      withTenant(database, tenant, async (trx) => {
        await sql`insert into line_file_lines (tenant, file, number, url, sealed_line)
          select ${tenant}, ${file}, u.number, u.url, decode(u.sealed, 'base64') from unnest(
            ${lines.map(({ number }) => number)}::int[], ${lines.map(({ url }) => url)}::text[],
            ${lines.map(({ sealed }) => sealed.toString('base64'))}::text[]) as u (number, url, sealed)`.execute(trx)
      }),

    completeFile: async (
      tenant: string,
      id: string,
      { lines, sizeBytes }: { readonly lines: number; readonly sizeBytes: number },
      then: Then,
    ) =>
      withTenant(database, tenant, async (trx) => {
        await sql`update line_files set line_count = ${lines}, size_bytes = ${sizeBytes}, is_ready = true
          where tenant = ${tenant} and id = ${id}`.execute(trx)
        await then(trx)
      }),

    findFile: async (tenant: string, owner: string, id: string) =>
      one<FileRow>(
        tenant,
        sql`select ${FILE} from line_files where tenant = ${tenant} and owner = ${owner} and id = ${id} and is_ready`,
      ),

    /** False while a batch that has not ended reads it. */
    deleteFile: async (tenant: string, id: string, then?: Then) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql<
          Pick<FileRow, 'batch' | 'part'>
        >`delete from line_files f where tenant = ${tenant} and id = ${id}
          and not exists (select from line_batches b where b.tenant = ${tenant} and b.input_file = f.id
            and b.ended_at is null) returning batch, part`.execute(trx)
        const [deleted] = rows
        if (!deleted) return false
        const { batch, part } = deleted
        if (batch !== null) {
          await sql`update line_results set sealed_result = null where tenant = ${tenant} and batch = ${batch}
            and state = ${part === 'output' ? 'completed' : 'failed'}`.execute(trx)
        }
        await then?.(trx)
        return true
      }),

    recordRead: async (tenant: string, then: Then) => withTenant(database, tenant, then),

    listLines: async (tenant: string, file: string, after: number, limit: number) =>
      all<{ number: number; sealed: Buffer }>(
        tenant,
        sql`select number, sealed_line as sealed from line_file_lines
          where tenant = ${tenant} and file = ${file} and number > ${after} order by number limit ${limit}`,
      ),

    listResults: async (tenant: string, batch: string, state: LineEnd['state'], after: number, limit: number) =>
      all<{ number: number; sealed: Buffer }>(
        tenant,
        sql`select number, sealed_result as sealed from line_results where tenant = ${tenant} and batch = ${batch}
          and state = ${state} and number > ${after} order by number limit ${limit}`,
      ),

    /** Undefined when the file is not there for this owner any more, false when a line of it is for another endpoint. */
    addBatch: async (tenant: string, batch: Omit<BatchRow, 'cancellingAt' | 'endedAt' | 'state'>, then: Then) =>
      withTenant(database, tenant, async (trx) => {
        // Nobody deletes it meanwhile.
        const { rows: files } = await sql`select id from line_files where tenant = ${tenant} and id = ${batch.inputFile}
          and owner = ${batch.owner} and is_ready and part is null for update`.execute(trx)
        if (files.length === 0) return undefined
        const { rows: others } = await sql`select number from line_file_lines where tenant = ${tenant}
          and file = ${batch.inputFile} and url <> ${batch.endpoint} limit 1`.execute(trx)
        if (others.length > 0) return false
        await sql`insert into line_batches (tenant, id, owner, input_file, endpoint, credential_kind, credential_id,
            sealed_context, state, created_at, expires_at)
          values (${tenant}, ${batch.id}, ${batch.owner}, ${batch.inputFile}, ${batch.endpoint}, ${batch.credentialKind},
            ${batch.credentialId}, ${batch.sealedContext}, 'in_progress', ${batch.createdAt}, ${batch.expiresAt})`.execute(
          trx,
        )
        await sql`insert into line_results (tenant, batch, number, state) select ${tenant}, ${batch.id}, number, 'pending'
          from line_file_lines where tenant = ${tenant} and file = ${batch.inputFile}`.execute(trx)
        await then(trx)
        return true
      }),

    findBatch: async (tenant: string, owner: string, id: string) =>
      one<CountedBatch>(
        tenant,
        sql`select ${COUNTED} where b.tenant = ${tenant} and b.owner = ${owner} and b.id = ${id}`,
      ),

    listBatches: async (tenant: string, owner: string, after: string | undefined, limit: number) =>
      all<CountedBatch>(
        tenant,
        sql`select ${COUNTED} where b.tenant = ${tenant} and b.owner = ${owner} and (${after ?? null}::uuid is null
          or (b.created_at, b.id) < (select p.created_at, p.id from line_batches p
            where p.tenant = ${tenant} and p.owner = ${owner} and p.id = ${after ?? null}::uuid))
          order by b.created_at desc, b.id desc limit ${limit}`,
      ),

    /** False once it has ended or was cancelled before. */
    cancel: async (tenant: string, id: string, at: Date, then: Then) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql`update line_batches set state = 'cancelling', cancelling_at = ${at}
          where tenant = ${tenant} and id = ${id} and state = 'in_progress' returning id`.execute(trx)
        if (rows.length === 0) return false
        await sql`update line_results set state = 'cancelled'
          where tenant = ${tenant} and batch = ${id} and state = 'pending'`.execute(trx)
        await then(trx)
        return true
      }),

    /** The next line of the oldest batch that may run, or whose window is over. Committed before anything of it begins. */
    claim: async (tenant: string, at: Date) =>
      withTenant(database, tenant, async (trx): Promise<ClaimedLine | undefined> => {
        const { rows } = await sql<{ batch: string; number: number }>`with due as (
            select r.batch, r.number from line_results r join line_batches b on (b.tenant, b.id) = (r.tenant, r.batch)
            where r.tenant = ${tenant} and r.state = 'pending' and b.state = 'in_progress'
              and (b.paused_until is null or b.paused_until <= ${at} or b.expires_at <= ${at})
            order by b.created_at, b.id, r.number limit 1 for update of r skip locked)
          update line_results r set state = 'running', claimed_at = ${at} from due
          where r.tenant = ${tenant} and r.batch = due.batch and r.number = due.number
          returning r.batch, r.number`.execute(trx)
        const [claimed] = rows
        return claimed && readClaim(trx, tenant, claimed.batch, claimed.number)
      }),

    /** Lines that somebody began before then and never ended. */
    listLone: async (tenant: string, before: Date, limit: number) =>
      withTenant(database, tenant, async (trx): Promise<readonly ClaimedLine[]> => {
        const { rows } = await sql<{ batch: string; number: number }>`select batch, number from line_results
          where tenant = ${tenant} and state = 'running' and claimed_at <= ${before}
          order by batch, number limit ${limit}`.execute(trx)
        const found: ClaimedLine[] = []
        for (const { batch, number } of rows) {
          const line = await readClaim(trx, tenant, batch, number)
          if (line) found.push(line)
        }
        return found
      }),

    /** False when it had an end already: the first one counts. */
    end: async (tenant: string, { batch, number, claimedAt }: ClaimedLine, end: LineEnd) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } = await sql`update line_results
          set state = ${end.state}, sealed_result = ${end.sealed}, size_bytes = ${end.sizeBytes}
          where tenant = ${tenant} and batch = ${batch.id} and number = ${number} and state = 'running'
            and claimed_at = ${claimedAt} returning number`.execute(trx)
        return rows.length > 0
      }),

    /** A line of which nothing was sent goes back, and its batch waits. */
    putBack: async (tenant: string, { batch, number, claimedAt }: ClaimedLine, until: Date) =>
      withTenant(database, tenant, async (trx) => {
        // A batch that was cancelled meanwhile does not run it again.
        await sql`update line_results set claimed_at = null, state = case when (select b.state from line_batches b
            where b.tenant = ${tenant} and b.id = ${batch.id}) = 'in_progress' then 'pending' else 'cancelled' end
          where tenant = ${tenant} and batch = ${batch.id} and number = ${number} and state = 'running'
            and claimed_at = ${claimedAt}`.execute(trx)
        await sql`update line_batches set paused_until = ${until} where tenant = ${tenant} and id = ${batch.id}`.execute(
          trx,
        )
      }),

    /** Batches with nothing left to run or running, that nobody has ended yet. */
    listFinished: async (tenant: string) =>
      all<{ id: string }>(
        tenant,
        sql`select b.id from line_batches b where b.tenant = ${tenant} and b.ended_at is null and not exists (
          select from line_results r where r.tenant = ${tenant} and r.batch = b.id and r.state in ('pending', 'running'))`,
      ),

    /** Ends a batch, once, and makes the files of what came of it. */
    finish: async (
      tenant: string,
      id: string,
      { at, keptUntil }: { readonly at: Date; readonly keptUntil: Date },
      { makeFile, record }: FinishSteps,
    ) =>
      withTenant(database, tenant, async (trx) => {
        const { rows } =
          await sql<BatchRow>`select ${BATCH} from line_batches b where b.tenant = ${tenant} and b.id = ${id}
          and b.ended_at is null for update`.execute(trx)
        const [batch] = rows
        if (!batch) return
        const { rows: sums } = await sql<{
          state: string
          lines: number
          bytes: number
        }>`select state, count(*)::int as lines,
            coalesce(sum(size_bytes), 0)::float8 as bytes from line_results where tenant = ${tenant} and batch = ${id}
          group by state`.execute(trx)
        const sumOf = (state: string) => sums.find((sum) => sum.state === state) ?? { lines: 0, bytes: 0 }
        if (sumOf('pending').lines + sumOf('running').lines > 0) return
        const ended = batch.state === 'cancelling' ? 'cancelled' : batch.expiresAt <= at ? 'expired' : 'completed'
        await sql`update line_batches set state = ${ended}, ended_at = ${at}, kept_until = ${keptUntil}
          where tenant = ${tenant} and id = ${id}`.execute(trx)
        for (const [part, { lines, bytes }] of [
          ['output', sumOf('completed')],
          ['error', sumOf('failed')],
        ] as const) {
          if (lines === 0) continue
          const { id: file, sealedName } = await makeFile(part)
          await sql`insert into line_files (tenant, id, owner, sealed_name, batch, part, line_count, size_bytes, is_ready,
              created_at, expires_at)
            values (${tenant}, ${file}, ${batch.owner}, ${sealedName}, ${id}, ${part}, ${lines}, ${bytes}, true, ${at},
              ${keptUntil})`.execute(trx)
        }
        const counts = { completed: sumOf('completed').lines, failed: sumOf('failed').lines }
        await record(trx, { batch, ended, counts })
      }),

    /** What is past its time, and uploads that broke off. */
    deleteOld: async (tenant: string, now: Date, abandonedBefore: Date) =>
      withTenant(database, tenant, async (trx) => {
        await sql`delete from line_batches where tenant = ${tenant} and kept_until <= ${now}`.execute(trx)
        await sql`delete from line_files f where tenant = ${tenant} and (expires_at <= ${now}
          or not is_ready and created_at <= ${abandonedBefore}) and not exists (select from line_batches b
            where b.tenant = ${tenant} and b.input_file = f.id and b.ended_at is null)`.execute(trx)
      }),
  }
}

interface FinishSteps {
  readonly makeFile: (part: 'output' | 'error') => Promise<{ readonly id: string; readonly sealedName: Buffer }>
  readonly record: (
    trx: Db,
    end: {
      readonly batch: BatchRow
      readonly ended: BatchRow['state']
      readonly counts: { readonly completed: number; readonly failed: number }
    },
  ) => Promise<void>
}

async function readClaim(trx: Db, tenant: string, id: string, number: number): Promise<ClaimedLine | undefined> {
  const { rows } = await sql<BatchRow & Omit<ClaimedLine, 'batch'>>`select ${BATCH}, r.number,
      r.claimed_at as "claimedAt", l.url, l.sealed_line as "sealedLine"
    from line_results r join line_batches b on (b.tenant, b.id) = (r.tenant, r.batch)
    join line_file_lines l on (l.tenant, l.file, l.number) = (b.tenant, b.input_file, r.number)
    where r.tenant = ${tenant} and r.batch = ${id} and r.number = ${number}`.execute(trx)
  const [row] = rows
  if (!row) return undefined
  const { number: _number, claimedAt, url, sealedLine, ...batch } = row
  return { batch, number, claimedAt, url, sealedLine }
}
