import { randomUUID, randomUUIDv7 } from 'node:crypto'
import type { Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { toAppError } from '../../platform/http/problem.ts'
import type { Actor } from '../../platform/audit/change.ts'
import { PROGRAM } from '../../platform/audit/change.ts'
import { KEPT_MS } from './files.ts'
import type { FileDeps } from './files.ts'
import { describeAnswer, describeNoAnswer, describeRefusal } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { joinHeaders, readLine } from './read-line.ts'
import { PLACES } from './sealed.ts'
import type { BatchRow, ClaimedLine } from './store.ts'
import type { BatchContext, LineRunner, ReadOwner } from './types.ts'

export interface RunnerDeps extends FileDeps {
  readonly readOwner: ReadOwner
  readonly log: Log
  /** Lines at a time, of all tenants together. */
  readonly concurrency?: number
}

const CONCURRENCY = 4
const SWEPT_LINES = 100
const ABANDONED_MS = 3_600_000
const MIN_PAUSE_MS = 1_000
const SEALED_PAUSE_MS = 60_000

export function createLineRunner(deps: RunnerDeps): LineRunner {
  const { store, fields, pipeline, clock, recordChange, readOwner, log, concurrency = CONCURRENCY } = deps
  const ending = new AbortController()
  let isStopping = false
  let underWay: Promise<void> | undefined

  /** Settles what a line came to, and the batch when it was the last. */
  async function settle(tenant: string, line: ClaimedLine, { state, text }: Outcome): Promise<void> {
    const sealed = await fields.seal(PLACES.result(tenant, line.batch.id, line.number), text)
    await store.end(tenant, line, { state, sealed, sizeBytes: Buffer.byteLength(text) + 1 })
  }

  async function finish(tenant: string, id: string): Promise<void> {
    const at = clock.now()
    const keptUntil = new Date(at.getTime() + KEPT_MS)
    const actor: Actor = { tenant, id: PROGRAM }
    await store.finish(
      tenant,
      id,
      { at, keptUntil },
      {
        makeFile: async (part) => {
          const file = randomUUID()
          return { id: file, sealedName: await fields.seal(PLACES.name(tenant, file), `batch_${id}_${part}.jsonl`) }
        },
        record: (trx, { batch, ended, counts }) =>
          recordChange(trx, {
            actor,
            kind: 'line-batch.ended',
            object: id,
            principal: batch.owner,
            codes: [`batch.${ended === 'completed' ? 'completed' : ended}`],
            counts,
          }),
      },
    )
  }

  async function openLine(tenant: string, { batch, number, sealedLine }: ClaimedLine) {
    return readLine(await fields.open(PLACES.line(tenant, batch.inputFile, number), sealedLine))
  }

  /** While the key service is away nothing was sent: the line goes back. */
  async function openAll(tenant: string, line: ClaimedLine) {
    try {
      const { id, sealedContext } = line.batch
      const text = await fields.open(PLACES.context(tenant, id), sealedContext)
      return { ...(await openLine(tenant, line)), context: JSON.parse(text) as BatchContext }
    } catch (thrown) {
      await store.putBack(tenant, line, new Date(clock.now().getTime() + SEALED_PAUSE_MS))
      throw thrown
    }
  }

  /** One line from its claim to its end. False when none is due. */
  async function runOne(tenant: string): Promise<boolean> {
    const line = await store.claim(tenant, clock.now())
    if (!line) return false
    const crossing = randomUUIDv7()
    const { customId, url, body, headers, context } = await openAll(tenant, line)
    const named = { customId, crossing }
    if (line.batch.expiresAt <= clock.now()) {
      await settle(tenant, line, describeNoAnswer(named, expired()))
      return true
    }
    try {
      const answer = await pipeline.cross({
        tenant,
        principal: line.batch.owner,
        batch: line.batch.id,
        crossing,
        url,
        body,
        headers: joinHeaders(context.headers, headers),
        authenticate: async () => readOwner(toOwner(tenant, line.batch, context)),
        signal: ending.signal,
      })
      await settle(tenant, line, describeAnswer(named, answer))
    } catch (thrown) {
      const error = toAppError(thrown)
      const until = waitsUntil(error, line.batch)
      if (until) await store.putBack(tenant, line, until)
      else await settle(tenant, line, describeRefusal(named, error))
    }
    return true
  }

  /** A limit of ours that is reached: nothing left, and the line waits as long as its window has room for that. */
  function waitsUntil({ code, wait }: AppError, { expiresAt }: BatchRow): Date | undefined {
    if (code !== 'limit.exceeded' || !wait) return undefined
    const until = new Date(clock.now().getTime() + Math.max(MIN_PAUSE_MS, wait.seconds * 1_000))
    return until < expiresAt ? until : undefined
  }

  async function runAll(tenants: readonly string[]): Promise<void> {
    // In turn, so that one tenant's ten thousand lines do not stand before another's one.
    const waiting = [...tenants]
    const work = async (): Promise<void> => {
      for (let tenant = waiting.shift(); tenant !== undefined && !isStopping; tenant = waiting.shift()) {
        if (await runOne(tenant)) waiting.push(tenant)
      }
    }
    const ends = await Promise.allSettled(Array.from({ length: concurrency }, work))
    for (const tenant of tenants) for (const { id } of await store.listFinished(tenant)) await finish(tenant, id)
    for (const end of ends)
      if (end.status === 'rejected') log('batch-line-failed', { code: toAppError(end.reason).code })
  }

  return {
    async run(tenants) {
      if (underWay || isStopping) return
      underWay = runAll(tenants)
      try {
        await underWay
      } finally {
        underWay = undefined
      }
    },

    async sweep(tenant, loneAfterSeconds) {
      const now = clock.now()
      const before = new Date(now.getTime() - loneAfterSeconds * 1_000)
      for (const line of await store.listLone(tenant, before, SWEPT_LINES)) {
        const { customId } = await openLine(tenant, line)
        await settle(tenant, line, describeNoAnswer({ customId, crossing: randomUUIDv7() }, unknownOutcome()))
      }
      for (const { id } of await store.listFinished(tenant)) await finish(tenant, id)
      await store.deleteOld(tenant, now, new Date(now.getTime() - ABANDONED_MS))
    },

    async stop(limitMs) {
      isStopping = true
      const timer = setTimeout(() => ending.abort(), limitMs)
      // Whoever began it is told of its failure.
      await underWay?.catch(() => undefined)
      clearTimeout(timer)
    },
  }
}

function toOwner(tenant: string, batch: BatchRow, { scopes, actor }: BatchContext): Parameters<ReadOwner>[0] {
  return {
    tenant,
    owner: batch.owner,
    credential: { kind: batch.credentialKind, id: batch.credentialId },
    ...(scopes && { scopes }),
    ...(actor && { actor }),
  }
}

function expired(): AppError {
  return new AppError('batch.expired', { message: 'the window of the batch ended before this line ran' })
}

function unknownOutcome(): AppError {
  return new AppError('batch.unknown', { message: 'the program stopped while this line ran; it is not run again' })
}
