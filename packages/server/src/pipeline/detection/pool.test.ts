import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import type { DetectionJob } from './jobs.ts'
import { startWorkerPool } from './pool.ts'
import type { WorkerPool, WorkerPoolOptions } from './pool.ts'

// A worker that does what a text says.
const SCRIPT = `
const { parentPort } = require('node:worker_threads')
const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
parentPort.on('message', ({ id, job: { text } }) => {
  if (text === 'crash') process.exit(1)
  if (text === 'throw') throw new Error('about Zelda Quorn')
  if (text === 'refuse') return parentPort.postMessage({ kind: 'failed', id, code: 'language.unsupported' })
  if (text === 'odd') return parentPort.postMessage({ kind: 'failed', id, code: 'Zelda Quorn' })
  if (text.startsWith('wait')) wait(Number(text.slice(4)))
  parentPort.postMessage({ kind: 'done', id, result: text })
})
parentPort.postMessage({ kind: 'ready', detection: { tier: 'rules', english: null, spanish: null } })
`

let pool: WorkerPool | undefined
let crashes = 0

async function start(changes: Partial<WorkerPoolOptions> = {}): Promise<WorkerPool> {
  crashes = 0
  pool = await startWorkerPool({
    size: 1,
    start: () => new Worker(SCRIPT, { eval: true, stdout: true, stderr: true }),
    timeoutMs: 5_000,
    maxWaitingUnits: 1_000,
    onReady: () => undefined,
    onCrash: () => crashes++,
    ...changes,
  })
  return pool
}

afterEach(async () => pool?.close())

const job = (text: string): DetectionJob => ({ kind: 'scan', text, written: [] })
const ask = async (of: WorkerPool, text: string): Promise<unknown> => of.run(job(text), 1)

describe('a worker', () => {
  test.for(['crash', 'throw'])(
    'that ends (%s) fails its job without a word of why, and another takes its place',
    async (how) => {
      const own = await start()
      const failed = await ask(own, how).catch((thrown: unknown) => thrown)
      expect(failed).toMatchObject({ code: 'detector.unavailable' })
      expect(failed).toHaveProperty('cause', undefined)
      expect(String(failed)).not.toContain('Zelda')
      expect(await ask(own, 'next')).toBe('next')
      expect(crashes).toBe(1)
    },
  )

  test('that does not come to an end is ended: its job fails in time, the next is done by another', async () => {
    // Another one has started within the time of the next job.
    const own = await start({ timeoutMs: 3_000 })
    await expect(ask(own, 'wait60000')).rejects.toMatchObject({ code: 'detector.unavailable' })
    expect(await ask(own, 'next')).toBe('next')
  })

  test('may refuse a text by a code of the closed list, and by no other word', async () => {
    const own = await start()
    await expect(ask(own, 'refuse')).rejects.toMatchObject({ code: 'language.unsupported' })
    const odd = await ask(own, 'odd').catch((thrown: unknown) => thrown)
    expect(odd).toMatchObject({ code: 'detector.unavailable' })
    expect(String(odd)).not.toContain('Zelda')
  })

  test('that cannot load what it needs keeps the pool from starting', async () => {
    const broken = (): Worker => new Worker('process.exit(1)', { eval: true, stdout: true, stderr: true })
    await expect(start({ start: broken })).rejects.toMatchObject({ code: 'detector.unavailable' })
  })
})

describe('a pool', () => {
  test('refuses what finds no room, and takes jobs again when there is', async () => {
    const own = await start({ maxWaitingUnits: 10 })
    const running = ask(own, 'wait200')
    const waiting = own.run(job('queued'), 10)
    await expect(ask(own, 'one more')).rejects.toMatchObject({ code: 'detector.unavailable' })
    expect(await Promise.all([running, waiting])).toEqual(['wait200', 'queued'])
    expect(await ask(own, 'later')).toBe('later')
  })

  test('lets a job go that waited too long', async () => {
    const own = await start({ timeoutMs: 3_000 })
    const jobs = await Promise.allSettled([ask(own, 'wait60000'), ask(own, 'x'), ask(own, 'y')])
    expect(jobs.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await ask(own, 'next')).toBe('next')
  })

  test('lets short texts go before long ones that came earlier', async () => {
    const own = await start()
    const done: string[] = []
    const note = async (text: string, units: number): Promise<void> => {
      await own.run(job(text), units)
      done.push(text)
    }
    await Promise.all([note('wait100', 1), note('long', 900), note('short', 10)])
    expect(done).toEqual(['wait100', 'short', 'long'])
  })

  test('that is closed fails what is under way and what comes later', async () => {
    const own = await start()
    const settled = Promise.allSettled([ask(own, 'wait60000'), ask(own, 'queued')])
    await own.close()
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(ask(own, 'later')).rejects.toMatchObject({ code: 'detector.unavailable' })
  })
})
