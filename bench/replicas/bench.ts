import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { LOAD_CORE, readCpuMs, startPinned } from '../gateway/processes.ts'
import { CLINICAL_NOTE, PLAIN_PROMPT } from '../gateway/prompts.ts'
import { shuffle, spreadOf } from '../gateway/statistics.ts'
import type { Spread } from '../gateway/statistics.ts'
import { requireWrk, runLoad } from '../gateway/wrk.ts'
import type { LoadResult } from '../gateway/wrk.ts'
import { capProcess } from './cap.ts'
import { openWorld } from './world.ts'

export const HELP = `npm run bench -- replicas [options]
  --rounds N       each of one gateway and of both, in random order (10)
  --seconds N      of load for one figure (4)
  --connections N  to each gateway under load (8)
  --share S        of one core that each gateway gets (0.4)
  --plain          200 bytes without PHI instead of a masked note of 2 KB
Two programs "gateway" of a production installation, with worker and sequencer, on one PostgreSQL with client certificates and
a token of SoftHSM. Each gateway is held to its share by a cgroup where one may be made; all else is not held.
Bar: both together answer at least 1.7 times as many requests/s as one alone.`

const MODEL = 'bench-model'
const UPSTREAM = fileURLToPath(new URL('../gateway/upstream.ts', import.meta.url))
const BOUND = 1.7

/** Gateways under load at the same time. */
interface Measured {
  readonly requestsPerSecond: number
  readonly p99Ms: number
  /** Of one core, that each of them used. */
  readonly share: number
}

/** Prints requests/s of one and of two, the verdict, and all of it as JSON in the last line. Exit status 1: below the bar. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '4' },
      connections: { type: 'string', default: '8' },
      share: { type: 'string', default: '0.4' },
      plain: { type: 'boolean', default: false },
    },
  })
  await requireWrk()
  const folder = await mkdtemp(join(tmpdir(), 'replicas-'))
  const upstream = startPinned(LOAD_CORE, UPSTREAM)
  const content = values.plain ? PLAIN_PROMPT : CLINICAL_NOTE
  const ends: (() => Promise<unknown>)[] = [async () => rm(folder, { recursive: true }), async () => upstream.stop()]
  try {
    const world = await openWorld(`http://127.0.0.1:${await upstream.nextLine()}/v1`, MODEL, content)
    ends.push(async () => world.close())
    const caps = await Promise.all(world.gateways.map(async ({ pid }) => capProcess(pid, Number(values.share))))
    ends.push(async () => Promise.all(caps.map(async (cap) => cap.release())))
    const bodyFile = join(folder, 'body.json')
    await writeFile(bodyFile, JSON.stringify({ model: MODEL, messages: [{ role: 'user', content }] }))
    const headers = Object.entries(world.headers).map(([name, value]) => `${name}: ${value}`)
    const seconds = Number(values.seconds)
    const measure = async (gateways: typeof world.gateways): Promise<Measured> => {
      const pids = gateways.map(({ pid }) => pid)
      const [before, startedMs] = [await readCpuMs(pids), performance.now()]
      const results = await Promise.all(
        gateways.map(async ({ origin }) =>
          runLoad({ url: `${origin}/v1/chat/completions`, headers, bodyFile }, Number(values.connections), seconds),
        ),
      )
      const usedMs = (await readCpuMs(pids)) - before
      const share = usedMs / (performance.now() - startedMs) / gateways.length
      return { ...addUp(results), share }
    }
    const [a, b] = world.gateways.map((gateway) => [gateway])
    const sets = [a ?? [], b ?? [], world.gateways]
    // A program that runs for days is not judged by its first seconds.
    for (const set of sets) await measure(set)
    const figures: { readonly one: Measured[]; readonly two: Measured[] } = { one: [], two: [] }
    const loadBefore = loadavg()
    for (let round = 1; round <= Number(values.rounds); round++) {
      for (const set of shuffle(sets)) figures[set.length === 1 ? 'one' : 'two'].push(await measure(set))
      console.error(`round ${round} of ${values.rounds}`)
    }
    const one = summarise(figures.one)
    const two = summarise(figures.two)
    const ratio = two.requestsPerSecond.median / one.requestsPerSecond.median
    for (const [name, row] of [
      ['one gateway', one],
      ['two gateways', two],
    ] as const) {
      const { median, q1, q3 } = row.requestsPerSecond
      console.log(
        `${name.padEnd(12)}  ${median.toFixed(1)} requests/s (${q1.toFixed(1)}-${q3.toFixed(1)})   ` +
          `p99 ${row.p99Ms.median.toFixed(0)} ms   ${row.share.median.toFixed(2)} of a core each`,
      )
    }
    const by = [...new Set(caps.map((cap) => cap.by))].join(', ')
    console.log(`each held to ${values.share} of a core by ${by}`)
    console.log(`load average before ${loadBefore.join(' ')}, after ${loadavg().join(' ')}`)
    console.log(`${ratio >= BOUND ? 'holds' : 'FAILS'}  two / one >= ${BOUND}: ${ratio.toFixed(2)}`)
    if (ratio < BOUND) process.exitCode = 1
    const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version }
    console.log(JSON.stringify({ bench: 'replicas', ...machine, ...values, by, one, two, ratio }))
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

function addUp(results: readonly LoadResult[]): Omit<Measured, 'share'> {
  return {
    requestsPerSecond: results.reduce((sum, one) => sum + one.requestsPerSecond, 0),
    p99Ms: Math.max(...results.map(({ p99Ms }) => p99Ms)),
  }
}

function summarise(measured: readonly Measured[]): Readonly<Record<keyof Measured, Spread>> {
  return {
    requestsPerSecond: spreadOf(measured.map(({ requestsPerSecond }) => requestsPerSecond)),
    p99Ms: spreadOf(measured.map(({ p99Ms }) => p99Ms)),
    share: spreadOf(measured.map(({ share }) => share)),
  }
}
