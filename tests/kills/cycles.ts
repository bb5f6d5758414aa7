import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseCheckpoint } from '@breakwater/ledger/verify'
import { Client } from 'pg'
import { startModelServer } from '../support/model-server.ts'
import { findCluster, killCluster, restartCluster } from '../support/postgres.ts'
import { addModelServer } from '../support/register.ts'
import type { Caller } from '../support/register.ts'
import { findFreePort, startServer } from '../support/server.ts'
import type { RunningServer } from '../support/server.ts'
import type { Evidence, SeenCheckpoint, SentRequest } from './audit.ts'
import { readVerifiedLog } from './read-log.ts'
import { findMarker, work } from './workers.ts'

const WORKERS = 8
const WARM_UP_MS = 150
const LONGEST_LOAD_MS = 900
const AFTER_POSTGRES_MS = 250
const AFTER_RETURN_MS = 1_200
const LONGEST_FIRST_MS = 10_000
/** As long as so many requests take. */
const TIMES_FIRST = 3

/** Who is killed, in turn. */
const VICTIMS = ['node', 'postgres', 'both', 'postgres, which comes back'] as const

export interface CyclesOptions {
  readonly home: string
  readonly cycles: number
  readonly env?: Readonly<Record<string, string>>
  readonly onCycle?: (cycle: number, victim: string, requests: number) => void
}

/**
 * Starts the server on one home again and again, and kills it, its PostgreSQL, or both at a random moment under load.
 * Gives all that was seen from outside, and the log at the end, verified.
 */
export async function runCycles({ home, cycles, env = {}, onCycle }: CyclesOptions): Promise<Evidence> {
  const models = Array.from({ length: WORKERS }, (_, at) => `worker-${at}`)
  const modelServer = await startModelServer()
  const start = { home, port: await findFreePort(), env }
  const requests: SentRequest[] = []
  const checkpoints: SeenCheckpoint[] = []
  let caller: Caller | undefined
  let sequence = 0
  try {
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const server = await startServer(start)
      caller ??= await addModelServer(server, home, { baseUrl: modelServer.baseUrl, models })
      const { headers } = caller
      let isOver = false
      const working = models.map((model) =>
        work({ model, headers, client: server.client, nextSequence: () => sequence++, isOver: () => isOver }),
      )
      const watching = watchCheckpoint(home, checkpoints, () => isOver)
      const firstMs = await timeFirst(modelServer.arrivals)
      await sleep(WARM_UP_MS + Math.random() * LONGEST_LOAD_MS)
      const victim = VICTIMS[cycle % VICTIMS.length] ?? 'both'
      await kill(victim, server, home, Math.max(AFTER_POSTGRES_MS, TIMES_FIRST * firstMs))
      isOver = true
      requests.push(...(await Promise.all(working)).flat())
      await watching
      onCycle?.(cycle, victim, requests.length)
    }
    const server = await startServer(start)
    const committed = await countEntries(home)
    await server.stop()
    const log = await readVerifiedLog(home)
    if (log.entries.length < committed) throw new Error(`published ${log.entries.length} of ${committed} entries`)
    return { ...log, requests, checkpoints, arrivals: countArrivals(modelServer.arrivals) }
  } finally {
    await modelServer.stop()
  }
}

/** How long it takes until one more request came through: on a busy machine a kill too soon would meet nothing. */
async function timeFirst(arrivals: readonly unknown[]): Promise<number> {
  const [startedMs, before] = [performance.now(), arrivals.length]
  while (arrivals.length === before && performance.now() - startedMs < LONGEST_FIRST_MS) await sleep(5)
  return performance.now() - startedMs
}

async function kill(
  victim: (typeof VICTIMS)[number],
  server: RunningServer,
  home: string,
  afterPostgresMs: number,
): Promise<void> {
  const cluster = await findCluster(home)
  if (victim === 'postgres' || victim === 'postgres, which comes back') {
    await killCluster(cluster)
    // The server lives on without a ledger, still asked: what it lets through now is what the audit is after.
    await sleep(afterPostgresMs)
    if (victim === 'postgres, which comes back') {
      await restartCluster(home)
      await sleep(AFTER_RETURN_MS)
    }
    await server.kill()
    return
  }
  const gone = server.kill()
  if (victim === 'both') await killCluster(cluster)
  await gone
}

/** Reads the published checkpoint over and over, as a witness would. */
async function watchCheckpoint(home: string, seen: SeenCheckpoint[], isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const note = await readFile(join(home, 'log', 'checkpoint'), 'utf8').catch(() => undefined)
    if (note !== undefined) {
      const { size, root } = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))
      const hex = Buffer.from(root).toString('hex')
      const last = seen.at(-1)
      if (last?.size !== size || last.root !== hex) seen.push({ size, root: hex })
    }
    await sleep(20)
  }
}

/** What the log must hold at least: entries that the database has, as the server has closed what the kills left open. */
async function countEntries(home: string): Promise<number> {
  const client = new Client({ connectionString: (await findCluster(home)).url })
  await client.connect()
  const { rows } = await client.query<{ count: string }>('select count(*) from ledger_entries')
  await client.end()
  return Number(rows[0]?.count)
}

function countArrivals(arrivals: readonly { readonly body: string; readonly at: Date }[]): Evidence['arrivals'] {
  const counted = new Map<string, { at: Date; times: number }>()
  for (const { body, at } of arrivals) {
    const marker = findMarker(body)
    if (marker === undefined) throw new Error('the model server got a request whose marker did not survive masking')
    const earlier = counted.get(marker)
    counted.set(marker, { at: earlier?.at ?? at, times: (earlier?.times ?? 0) + 1 })
  }
  return counted
}
