import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { makeScratchHome } from '../../tests/support/home.ts'
import { createContestants, measureMemory } from './contestants.ts'
import { playRounds } from './rounds.ts'
import type { Figures } from './rounds.ts'
import type { Spread } from './statistics.ts'
import { judge } from './verdicts.ts'
import { startWorld } from './world.ts'
import { requireWrk } from './wrk.ts'

export const HELP = `npm run bench -- gateway [options]
  --rounds N        interleaved random rounds (20)
  --warm-up N       rounds before them whose figures are dropped (2)
  --seconds N       of load for one figure (2)
  --connections L   comma-separated (1,16,64)
  --share S         of what it answers over 16 connections, what the steady rows offer the gateway (0.5); 0: no such rows
  --only REGEX      rows whose name it matches; bars that need others are left out
  --stream          asks for streams: the figures are those of the whole stream
  --without-peers   leaves Portkey and LiteLLM out
  --tier T          what detects: models (the default) or rules

The gateway with its PostgreSQL runs on core 0, load and model server on core 1; the peers run on core 0 too, one worker each.
Closed loop (wrk): each of so many connections asks again as soon as it is answered. The core is full, so p50 and p99 at 16 and
64 connections are mostly the queue; requests/s are the figure.
  direct, direct note   straight to the model server
  plain                 through the gateway, 200 bytes without PHI: nothing to mask
  note                  through the gateway, a clinical note of 2 KB: masked, and its answer restored; the same each time
  note first sight      the same note with words of its own in each request: nothing of it was seen before
  conversation          ten messages, 11 KB, of which only the last was not seen before
  health under notes    GET /healthz on one connection while notes of first sight are sent: what the event loop lets wait
  commit                the ledger's own append, that many in flight, on the same PostgreSQL
  commit under plain    one append after the other while the gateway is under the load of plain
  portkey, litellm      through the peer's gateway, plain HTTP, 200 bytes; nothing masked, kept or logged, no key checked
  floor                 TLS, two commits and a forward, nothing else: no gateway with this promise can cost less
Steady: requests come at even intervals over 16 connections, at half of what the gateway answers of that row in this run, whether
or not those before have been answered. Latency counts from when a request was due; a timer of the load begins it up to a
millisecond later, through the gateway and straight alike.
  ROW, steady             plain, note and note first sight as above
  direct for ROW, steady  the same body at the same rate straight to the model server: the difference is what is added
  commit under plain, steady   one append after the other meanwhile
CPU us/request is processor time, user and system, of a contestant's processes, PostgreSQL among them, until what its requests
left to be done (entries to sign and publish) is done; a floor's entries are signed and published by the gateway beside it,
whose time is counted. No row begins before that.
All rows are answers of 400 characters or less over kept-alive connections; the gateway's speak TLS 1.3. With everything a round
takes about two minutes, with --connections 1,16 one and a quarter.
Peers: npm ci --prefix bench/peers/portkey; bash bench/peers/litellm/install.sh. One that is not installed is left out.`

/** Prints the table, the verdicts on the bars, and all of it as JSON in the last line. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '20' },
      'warm-up': { type: 'string', default: '2' },
      seconds: { type: 'string', default: '2' },
      connections: { type: 'string', default: '1,16,64' },
      share: { type: 'string', default: '0.5' },
      only: { type: 'string', default: '' },
      stream: { type: 'boolean', default: false },
      'without-peers': { type: 'boolean', default: false },
      tier: { type: 'string', default: 'models' },
    },
  })
  await requireWrk()
  const scratch = await makeScratchHome()
  const ends: (() => Promise<unknown>)[] = [async () => scratch.remove()]
  try {
    const onStarted = (end: () => Promise<unknown>): void => void ends.push(end)
    const world = await startWorld(scratch, { withPeers: !values['without-peers'], tier: values.tier, onStarted })
    const contestants = await createContestants(world, {
      temporary: scratch.temporary,
      seconds: Number(values.seconds),
      isStream: values.stream,
      share: Number(values.share),
    })
    const loadBefore = loadavg()
    const wanted = contestants.filter(({ name }) => new RegExp(values.only).test(name))
    const figures = await playRounds(wanted, {
      warmUpRounds: Number(values['warm-up']),
      rounds: Number(values.rounds),
      connections: values.connections.split(',').map(Number),
      lingering: [world.gateway.pid, world.floor.pid],
      onRound: (round) => console.error(`round ${round} of ${values.rounds}`),
    })
    const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version }
    report({
      bench: 'gateway',
      ...machine,
      warmUpRounds: Number(values['warm-up']),
      loadAverage: { before: loadBefore, after: loadavg() },
      residentMegabytes: await measureMemory(world),
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      isStream: values.stream,
      tier: values.tier,
      figures,
      verdicts: judge(figures),
    })
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

interface Report {
  readonly loadAverage: { readonly before: readonly number[]; readonly after: readonly number[] }
  readonly residentMegabytes: Readonly<Record<string, number>>
  readonly figures: readonly Figures[]
  readonly verdicts: ReturnType<typeof judge>
  readonly [key: string]: unknown
}

function report(result: Report): void {
  const cell = ({ median, q1, q3 }: Spread): string => `${median.toFixed(2)} (${q1.toFixed(2)}-${q3.toFixed(2)})`
  const header = [
    'connections',
    'contestant',
    'offered/s',
    'p50 ms (quartiles)',
    'p99 ms',
    'requests/s',
    'CPU us/request',
  ]
  const rows = result.figures
    .toSorted((a, b) => a.connections - b.connections)
    .map((row) => [
      String(row.connections),
      row.contestant,
      row.offeredPerSecond?.toFixed(0) ?? '',
      ...[row.p50Ms, row.p99Ms, row.requestsPerSecond].map((spread) => cell(spread)),
      row.cpuMicroseconds ? cell(row.cpuMicroseconds) : '',
    ])
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  for (const row of [header, ...rows]) console.log(row.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  '))
  for (const { load, statement, value, bound, holds } of result.verdicts) {
    console.log(`${holds ? 'holds' : 'FAILS'}  ${load}  ${statement}: ${value.toFixed(2)} / ${bound.toFixed(2)}`)
  }
  for (const { contestant, connections, dropped } of result.figures) {
    for (const why of dropped) console.log(`no figure of ${contestant} at ${connections} connections in ${why}`)
  }
  const { before, after } = result.loadAverage
  console.log(`load average before ${before.join(' ')}, after ${after.join(' ')}`)
  const memory = Object.entries(result.residentMegabytes).map(([name, size]) => `${name} ${size.toFixed(0)} MB`)
  console.log(`resident after load: ${memory.join(', ')}`)
  console.log(JSON.stringify(result))
}
