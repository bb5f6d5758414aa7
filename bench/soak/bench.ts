import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeScratchHome } from '../../tests/support/home.ts'
import { findCluster } from '../../tests/support/postgres.ts'
import { addModelServer } from '../../tests/support/register.ts'
import { findFreePort, startServer } from '../../tests/support/server.ts'
import { GATEWAY_CORE, LOAD_CORE, ownMegabytes, pin, proportionalMegabytes, startPinned } from '../gateway/processes.ts'
import { quantile } from '../gateway/statistics.ts'
import { createLoad } from './load.ts'
import type { Tally } from './load.ts'
import type { LoopSample } from './watch-loop.ts'

export const HELP = `npm run bench -- soak [options]
  --minutes N     of load at half the capacity (30)
  --rate R        requests/s; left out: half of what the gateway answers on --connections
  --connections N for that measurement (16)
  --warm-up N     seconds of load before it (20), and as many for it
  --first-sight N every Nth request, whole or streamed, holds a text that nobody saw before (4); 0: none
  --tier T        what detects: models (the default) or rules
Masked chat of 2 KB against a model server that takes no time, every second request streamed. Requests begin at a steady rate,
whether or not those before have been answered. The gateway with its PostgreSQL runs on core 0, load and model server on core 1.
Memory is the median of thirty readings a minute, one every 2 s, of the gateway's process (VmRSS of /proc); bars: that of minute
30 at most 1.05 times that of minute 10, and no error. In a shorter run the last minute is compared with the one that ends its
first third. Heap and external: what V8 has in use of it at the end of the minute, garbage included. PostgreSQL is not in the bar:
its buffers fill as the log grows up to their own bound; pages that its processes share are counted once (PSS).
Heap pages: what V8 has taken for the main thread's heap, whether or not something lies there; it is rarely given back.
Loop: how much later than due the gateway's event loop came round.
Trend: the median of the slopes between all pairs of minutes from the one that ends the first third. V8 collects garbage when
it sees fit, 10 to 20 MB within a minute: a trend beside the ratio tells that from a leak. Ctrl-C ends everything that was started.`

const MODEL = 'bench-model'
const WATCH = fileURLToPath(new URL('watch-loop.ts', import.meta.url))
const UPSTREAM = fileURLToPath(new URL('../gateway/upstream.ts', import.meta.url))
const READINGS = 30
const INTERRUPTED = 130
const MOST_GROWTH = 1.05

interface Minute {
  readonly minute: number
  readonly gatewayMegabytes: number
  readonly heapMegabytes: number
  readonly heapPagesMegabytes: number
  readonly externalMegabytes: number
  readonly postgresMegabytes: number
  readonly requests: number
  readonly errors: Tally['errors']
  readonly p50Ms: number
  readonly p99Ms: number
  readonly loopP99Ms: number
  readonly loopMaxMs: number
  readonly loadAverage: number
}

/** Prints a row a minute, the verdicts, and all of it as JSON in the last line. Exit status 1: a bar does not hold. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string', default: '30' },
      rate: { type: 'string' },
      connections: { type: 'string', default: '16' },
      'first-sight': { type: 'string', default: '4' },
      'warm-up': { type: 'string', default: '20' },
      tier: { type: 'string', default: 'models' },
    },
  })
  execFileSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)])
  const ends: (() => Promise<unknown>)[] = []
  const interrupted = Promise.withResolvers<'interrupted'>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.resolve('interrupted'))
  try {
    if ((await Promise.race([soak(values, ends), interrupted.promise])) === 'interrupted')
      process.exitCode = INTERRUPTED
  } finally {
    for (const end of ends.toReversed()) await end()
  }
  // What was interrupted would go on sending.
  if (process.exitCode === INTERRUPTED) process.exit()
}

interface Settings {
  readonly minutes: string
  readonly rate?: string | undefined
  readonly connections: string
  readonly 'first-sight': string
  readonly 'warm-up': string
  readonly tier: string
}

/** `ends` gets what is to be done when it is over, or when it is interrupted. */
async function soak(values: Settings, ends: (() => Promise<unknown>)[]): Promise<void> {
  const scratch = await makeScratchHome()
  const upstream = startPinned(LOAD_CORE, UPSTREAM)
  const samples = join(scratch.temporary, 'loop.jsonl')
  const starting = startServer({
    home: scratch.home,
    port: await findFreePort(),
    wrapper: pin(GATEWAY_CORE),
    env: {
      TMPDIR: scratch.temporary,
      BREAKWATER_DETECTION: values.tier,
      NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${WATCH}`,
      SOAK_FILE: samples,
    },
  })
  ends.push(
    async () => scratch.remove(),
    async () => upstream.stop(),
    // One that never was ready has ended by itself.
    async () =>
      starting.then(
        async (started) => started.stop(),
        () => undefined,
      ),
  )
  const gateway = await starting
  const baseUrl = `http://127.0.0.1:${await upstream.nextLine()}/v1`
  const { headers } = await addModelServer(gateway, scratch.home, { baseUrl, models: [MODEL] })
  const load = createLoad(gateway.client, { model: MODEL, headers, firstSightEvery: Number(values['first-sight']) })
  const warmUpSeconds = Number(values['warm-up'])
  await load.measureCapacity(Number(values.connections), warmUpSeconds)
  const capacity = await load.measureCapacity(Number(values.connections), warmUpSeconds)
  const rate = values.rate === undefined ? capacity / 2 : Number(values.rate)
  const unloaded = load.take()
  console.log(`capacity ${capacity.toFixed(1)} requests/s; soaked with ${rate.toFixed(1)}`)

  const cluster = await findCluster(scratch.home)
  const takeLoop = async (): Promise<LoopSample> => {
    process.kill(gateway.pid, 'SIGUSR2')
    await sleep(200)
    return JSON.parse((await readFile(samples, 'utf8')).trimEnd().split('\n').at(-1) ?? '')
  }
  await takeLoop()
  const minutes: Minute[] = []
  const soaked = load.keepUp(rate, Number(values.minutes) * 60)
  console.log(
    'minute  gateway MB  heap MB  heap pages MB  external MB  postgres MB  requests  errors  p50 ms  p99 ms  loop p99  loop max  load',
  )
  while (minutes.length < Number(values.minutes)) {
    const resident = await readMinute(async () => {
      const [own, postgres] = await Promise.all([ownMegabytes(gateway.pid), proportionalMegabytes(cluster.pid)])
      return { gateway: own, postgres }
    })
    const loop = await takeLoop()
    minutes.push(summarise(minutes.length + 1, resident, load.take(), loop))
    printRow(minutes.at(-1))
  }
  await soaked
  report(
    { capacity, rate, minutes, tier: values.tier },
    [unloaded.errors, ...minutes.map(({ errors }) => errors)],
    load,
  )
}

interface Resident {
  readonly gateway: number
  readonly postgres: number
}

/** The medians of its readings. */
async function readMinute(read: () => Promise<Resident>): Promise<Resident> {
  const readings: Resident[] = []
  const startedMs = performance.now()
  for (let index = 1; index <= READINGS; index++) {
    // What the reading itself takes does not add up.
    await sleep(Math.max(0, startedMs + (index * 60_000) / READINGS - performance.now()))
    readings.push(await read())
  }
  const median = (values: readonly number[]): number => quantile(values, 0.5)
  return {
    gateway: median(readings.map(({ gateway }) => gateway)),
    postgres: median(readings.map(({ postgres }) => postgres)),
  }
}

function summarise(minute: number, resident: Resident, { latenciesMs, errors }: Tally, loop: LoopSample): Minute {
  return {
    minute,
    gatewayMegabytes: resident.gateway,
    heapMegabytes: loop.heapMegabytes,
    heapPagesMegabytes: loop.heapPagesMegabytes,
    externalMegabytes: loop.externalMegabytes,
    postgresMegabytes: resident.postgres,
    requests: latenciesMs.length,
    errors,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    loopP99Ms: loop.p99Ms,
    loopMaxMs: loop.maxMs,
    loadAverage: loadavg()[0] ?? Number.NaN,
  }
}

const countErrors = (errors: Tally['errors']): number => Object.values(errors).reduce((sum, one) => sum + one, 0)

function printRow(row: Minute | undefined): void {
  if (!row) return
  const cells: readonly (readonly [string, number])[] = [
    [String(row.minute), 6],
    [row.gatewayMegabytes.toFixed(1), 10],
    [row.heapMegabytes.toFixed(1), 7],
    [row.heapPagesMegabytes.toFixed(1), 13],
    [row.externalMegabytes.toFixed(1), 11],
    [row.postgresMegabytes.toFixed(1), 11],
    [String(row.requests), 8],
    [String(countErrors(row.errors)), 6],
    [row.p50Ms.toFixed(1), 6],
    [row.p99Ms.toFixed(1), 6],
    [row.loopP99Ms.toFixed(1), 8],
    [row.loopMaxMs.toFixed(1), 8],
    [row.loadAverage.toFixed(1), 4],
  ]
  console.log(cells.map(([text, width]) => text.padStart(width)).join('  '))
}

function report(
  result: { readonly minutes: readonly Minute[]; readonly [setting: string]: unknown },
  errors: readonly Tally['errors'][],
  load: ReturnType<typeof createLoad>,
): void {
  const { minutes } = result
  const [early, late] = [minutes[Math.max(0, Math.floor(minutes.length / 3) - 1)], minutes.at(-1)]
  const growth = (late?.gatewayMegabytes ?? Number.NaN) / (early?.gatewayMegabytes ?? Number.NaN)
  const all = [...errors, load.take().errors]
  const failed = all.reduce((sum, one) => sum + countErrors(one), 0)
  const verdicts = [
    [growth <= MOST_GROWTH, `memory of minute ${late?.minute} / minute ${early?.minute} <= 1.05: ${growth.toFixed(3)}`],
    [failed === 0, `errors = 0: ${failed}`],
  ] as const
  for (const [holds, statement] of verdicts) console.log(`${holds ? 'holds' : 'FAILS'}  ${statement}`)
  for (const one of all.filter((tally) => countErrors(tally) > 0)) console.log(`       ${JSON.stringify(one)}`)
  const trend = slopeOf(minutes.filter(({ minute }) => minute >= (early?.minute ?? 0)))
  const megabytes = minutes.map(({ gatewayMegabytes }) => gatewayMegabytes)
  const bounds = `${Math.min(...megabytes).toFixed(0)} to ${Math.max(...megabytes).toFixed(0)} MB`
  console.log(`       memory by minute, ${bounds}: ${drawChart(megabytes)}`)
  const postgres = [early, late].map((minute) => `${minute?.postgresMegabytes.toFixed(0)} MB`).join(' to ')
  console.log(`       its PostgreSQL in these minutes, not in the bar: ${postgres}`)
  console.log(`       trend of these minutes: ${(trend * 60).toFixed(1)} MB an hour`)
  if (minutes.length < 30) console.log('A run under 30 minutes proves the command, not the bar.')
  if (verdicts.some(([holds]) => !holds)) process.exitCode = 1
  const loopP99Ms = Math.max(...minutes.map((minute) => minute.loopP99Ms))
  console.log(
    JSON.stringify({
      bench: 'soak',
      node: process.version,
      cpu: cpus()[0]?.model,
      growth,
      megabytesPerHour: trend * 60,
      failed,
      loopP99Ms,
      ...result,
    }),
  )
}

const HEIGHTS = '▁▂▃▄▅▆▇█'

/** A character each: the lowest value is the lowest, and the whole height is a tenth of it at least. */
function drawChart(values: readonly number[]): string {
  const lowest = Math.min(...values)
  const height = Math.max(Math.max(...values) - lowest, lowest / 10)
  return values.map((value) => HEIGHTS.charAt(Math.round(((value - lowest) / height) * (HEIGHTS.length - 1)))).join('')
}

/** Megabytes a minute: the median of the slopes between all pairs (Theil and Sen). */
function slopeOf(minutes: readonly Minute[]): number {
  const slopes = minutes.flatMap((one, index) =>
    minutes
      .slice(index + 1)
      .map((other) => (other.gatewayMegabytes - one.gatewayMegabytes) / (other.minute - one.minute)),
  )
  return quantile(slopes, 0.5)
}
