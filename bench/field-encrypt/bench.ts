import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createEnvelope, createLocalKekProvider, type Envelope, type FieldPlace } from '@breakwater/keys'
import { spreadOf } from '../gateway/statistics.ts'
import { createMemoryDekStore } from './store.ts'
import { createZipf } from './zipf.ts'

const BARS = { zipfPerSecond: 50_000, noMissPerSecond: 100_000 }

export const HELP = `npm run bench -- field-encrypt [--patients 10000] [--keys 1000] [--bytes 1024] [--operations 100000] [--rounds 7]
  Fields sealed and opened through the product's envelope, one at a time on one core, with a key per patient. Patients
  are drawn by Zipf's law (exponent 1); keys that are not held are read from the store and opened: a store in memory, so
  a miss in the product also waits for one read of the database.`

interface Figure {
  readonly figure: string
  /** By processor time of the whole process, so that other programs do not count. */
  readonly perCoreSecond: number
  readonly perSecond: number
  readonly q1: number
  readonly q3: number
  readonly bar: number
  readonly missPercent: number
  readonly keyServiceCalls: number
}

/** Sealed and opened fields per second and core: patients by Zipf's law with misses, and one patient without. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      patients: { type: 'string', default: '10000' },
      keys: { type: 'string', default: '1000' },
      bytes: { type: 'string', default: '1024' },
      operations: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '7' },
    },
  })
  const patients = Number(values.patients)
  const keys = Number(values.keys)
  const bytes = Number(values.bytes)
  const operations = Number(values.operations)
  const rounds = Number(values.rounds)
  const dir = await mkdtemp(join(tmpdir(), 'bench-keys-'))
  try {
    const provider = await createLocalKekProvider({ dir, environment: 'test' })
    const calls = { count: 0 }
    const counted: typeof provider = {
      ...provider,
      async wrap(...input) {
        calls.count += 1
        return provider.wrap(...input)
      },
      async unwrap(...input) {
        calls.count += 1
        return provider.unwrap(...input)
      },
    }
    const envelope = createEnvelope({
      environment: 'test',
      providers: [counted],
      store: createMemoryDekStore(),
      clock: { now: () => new Date() },
      cache: { maxKeys: keys },
    })
    const field = randomBytes(bytes)
    const sealed: Uint8Array[] = []
    for (let patient = 0; patient < patients; patient += 1) sealed.push(await envelope.seal(placeOf(patient), field))

    const zipf = createZipf(patients)
    const drawn = Array.from({ length: operations }, zipf)
    const same = Array.from({ length: operations }, () => 0)
    const seal = async (patient: number): Promise<unknown> => envelope.seal(placeOf(patient), field)
    const open = async (patient: number): Promise<unknown> =>
      envelope.open(placeOf(patient), sealed[patient] ?? new Uint8Array())
    const measure = async (figure: string, order: readonly number[], bar: number, work: typeof seal): Promise<Figure> =>
      measureRounds({ figure, order, bar, rounds, work, envelope, calls })

    const figures = [
      await measure('seal, Zipf', drawn, BARS.zipfPerSecond, seal),
      await measure('open, Zipf', drawn, BARS.zipfPerSecond, open),
      await measure('seal, no miss', same, BARS.noMissPerSecond, seal),
      await measure('open, no miss', same, BARS.noMissPerSecond, open),
    ]
    const conditions = {
      patients,
      keys,
      bytes,
      operations,
      rounds,
      cores: availableParallelism(),
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.version,
    }
    console.table(figures)
    console.log(JSON.stringify({ bench: 'field-encrypt', figures, conditions }))
  } finally {
    await rm(dir, { recursive: true })
  }
}

interface Measured {
  readonly figure: string
  readonly order: readonly number[]
  readonly bar: number
  readonly rounds: number
  readonly work: (patient: number) => Promise<unknown>
  readonly envelope: Envelope
  readonly calls: { count: number }
}

async function measureRounds({ figure, order, bar, rounds, work, envelope, calls }: Measured): Promise<Figure> {
  const rates: number[] = []
  const cpuRates: number[] = []
  for (const patient of order.slice(0, 10_000)) await work(patient)
  const before = envelope.stats()
  calls.count = 0
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now()
    const cpuBefore = process.cpuUsage()
    for (const patient of order) await work(patient)
    rates.push((order.length * 1000) / (performance.now() - startedAt))
    const { user, system } = process.cpuUsage(cpuBefore)
    cpuRates.push((order.length * 1e6) / (user + system))
  }
  const after = envelope.stats()
  const misses = after.misses - before.misses
  const spread = spreadOf(rates)
  return {
    figure,
    perCoreSecond: Math.round(spreadOf(cpuRates).median),
    perSecond: Math.round(spread.median),
    q1: Math.round(spread.q1),
    q3: Math.round(spread.q3),
    bar,
    missPercent: Math.round((misses / (order.length * rounds)) * 1000) / 10,
    keyServiceCalls: calls.count,
  }
}

function placeOf(patient: number): FieldPlace {
  return {
    tenant: 'north',
    objectClass: 'note',
    subject: `patient-${patient}`,
    table: 'notes',
    column: 'body',
    row: String(patient),
  }
}
