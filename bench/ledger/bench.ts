import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureAtRate, measureThroughput } from './measure.ts'
import { openStage } from './stage.ts'

const BARS = { appendsPerSecond: 10_000, appendP99Ms: 25, checkpointP99Ms: 1000 }

export const HELP = `npm run bench -- ledger [--rate 2000] [--seconds 10] [--entries 100000] [--callers 1024]
  Durable appends through the product's service on an embedded PostgreSQL with fsync on, its sequencer at work meanwhile.`

/** Durable appends per second, batched; their latency at a fixed rate; the age of checkpoints. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rate: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '10' },
      entries: { type: 'string', default: '100000' },
      callers: { type: 'string', default: '1024' },
    },
  })
  const [rate, seconds, entries, callers] = [values.rate, values.seconds, values.entries, values.callers].map(Number)
  const stage = await openStage()
  try {
    await measureThroughput(stage, Math.ceil((entries ?? 0) / 10), callers ?? 1)
    const appendsPerSecond = await measureThroughput(stage, entries ?? 0, callers ?? 1)
    await stage.sequencer.integrateNow()
    const { append, checkpoint, appended } = await measureAtRate(stage, rate ?? 1, seconds ?? 1)
    const conditions = {
      cores: availableParallelism(),
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.version,
      postgres: stage.postgres.version,
      fsync: stage.postgres.fsync,
      entries,
      callers,
      rate,
      seconds,
    }
    console.table([
      { figure: 'durable appends/s, batched', value: appendsPerSecond, bar: `>= ${BARS.appendsPerSecond}` },
      { figure: `append p50 at ${rate}/s, ms`, value: append.p50Ms, bar: '' },
      { figure: `append p99 at ${rate}/s, ms`, value: append.p99Ms, bar: `<= ${BARS.appendP99Ms}` },
      { figure: `append max at ${rate}/s, ms`, value: append.maxMs, bar: '' },
      { figure: 'entry to checkpoint p50, ms', value: checkpoint.p50Ms, bar: '' },
      { figure: 'entry to checkpoint p99, ms', value: checkpoint.p99Ms, bar: `<= ${BARS.checkpointP99Ms}` },
    ])
    console.log(JSON.stringify({ bench: 'ledger', appendsPerSecond, append, checkpoint, appended, conditions }))
  } finally {
    await stage.stop()
  }
}
