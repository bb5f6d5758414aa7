import type { Worker } from 'node:worker_threads'
import { AppError, ERROR_CODES } from '@breakwater/kernel'
import type { ErrorCode } from '@breakwater/kernel'
import type { DetectionJob, ResultOf, WorkerAnswer, WorkerReady } from './jobs.ts'

/** Threads that work on jobs; a job whose thread ends, or whose time is over, fails, and so does what finds no room. */
export interface WorkerPool {
  /** `units` is the length of the job's texts. Throws `detector.unavailable`, or what the worker threw. */
  run<Job extends DetectionJob>(job: Job, units: number): Promise<ResultOf<Job>>
  close(): Promise<void>
}

export interface WorkerPoolOptions {
  readonly size: number
  readonly start: () => Worker
  /** From being asked for to the answer; a job that takes longer ends its worker. */
  readonly timeoutMs: number
  /** Text that may wait; a job beyond it is refused. */
  readonly maxWaitingUnits: number
  /** Of each start that worked. */
  readonly onReady: (ready: WorkerReady) => void
  /** A worker ended that nobody had told to. */
  readonly onCrash?: () => void
}

interface Pending {
  readonly id: number
  readonly job: DetectionJob
  readonly units: number
  /** When its turn is: longer jobs wait as if they had come later, so none waits for ever. */
  readonly due: number
  readonly resolve: (result: unknown) => void
  readonly reject: (error: AppError) => void
  readonly timer: NodeJS.Timeout
}

/** A worker has one job of each lane: a long one stops now and then and lets a short one pass. */
type Lane = 'short' | 'long'

interface Slot {
  readonly worker: Worker
  isReady: boolean
  // No Map: what is put in and taken out again and again would hold on to every job until V8 collects its old heap.
  readonly jobs: Record<Lane, Pending | undefined>
}

const LANES: readonly Lane[] = ['short', 'long']
/** Longer than this is a long job. */
const SHORT_UNITS = 16_384
/** How much text counts as a millisecond of coming later. */
const UNITS_PER_MS = 50
const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 30_000

/** Resolves when every worker has loaded what it needs; throws `detector.unavailable` when one cannot. */
export async function startWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const { size, start, timeoutMs, maxWaitingUnits, onReady, onCrash } = options
  const slots = new Set<Slot>()
  const waiting: Record<Lane, Pending[]> = { short: [], long: [] }
  const restarts = new Set<NodeJS.Timeout>()
  let waitingUnits = 0
  let isClosed = false
  let nextId = 0
  /** Starts that failed in a row. */
  let failures = 0

  function takeNext(lane: Lane): Pending | undefined {
    const list = waiting[lane]
    let best = 0
    for (let i = 1; i < list.length; i++) if ((list[i]?.due ?? 0) < (list[best]?.due ?? 0)) best = i
    const [next] = list.splice(best, 1)
    if (next) waitingUnits -= next.units
    return next
  }

  function dispatch(): void {
    for (const slot of slots) {
      if (!slot.isReady) continue
      for (const lane of LANES) {
        if (slot.jobs[lane]) continue
        const next = takeNext(lane)
        if (!next) continue
        slot.jobs[lane] = next
        slot.worker.ref()
        slot.worker.postMessage({ id: next.id, job: next.job })
      }
    }
  }

  function settle(slot: Slot, answer: WorkerAnswer): void {
    for (const lane of LANES) {
      const pending = slot.jobs[lane]
      if (pending?.id !== answer.id) continue
      slot.jobs[lane] = undefined
      clearTimeout(pending.timer)
      if (answer.kind === 'done') pending.resolve(answer.result)
      else pending.reject(failure(answer.code))
    }
    if (listJobs(slot).length === 0) slot.worker.unref()
    dispatch()
  }

  function startSlot(): Promise<void> {
    const slot: Slot = { worker: start(), isReady: false, jobs: { short: undefined, long: undefined } }
    slots.add(slot)
    return new Promise((resolve, reject) => {
      const end = (): void => {
        endSlot(slot)
        reject(unavailable('a worker of detection does not start'))
      }
      slot.worker.on('error', end).on('messageerror', end).on('exit', end)
      slot.worker.on('message', (message: WorkerReady | WorkerAnswer) => {
        if (message.kind !== 'ready') return settle(slot, message)
        failures = 0
        slot.isReady = true
        onReady(message)
        resolve()
        // A pool that only waits keeps no program alive.
        slot.worker.unref()
        dispatch()
      })
    })
  }

  /** Its jobs fail, and another worker takes its place. */
  function endSlot(slot: Slot): void {
    if (!slots.delete(slot)) return
    // Whatever it said may quote a text: neither kept nor told.
    for (const pending of listJobs(slot)) drop(pending, 'a worker of detection has ended')
    void slot.worker.terminate()
    if (isClosed || !hasStarted) return
    onCrash?.()
    restart()
  }

  function restart(): void {
    const delayMs = failures === 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures)
    failures += 1
    const timer = setTimeout(() => {
      restarts.delete(timer)
      startSlot().catch(() => undefined)
    }, delayMs)
    timer.unref()
    restarts.add(timer)
  }

  function drop(pending: Pending, message: string): void {
    clearTimeout(pending.timer)
    pending.reject(unavailable(message))
  }

  /** Whoever waits is let go; a worker that does not come to an end is ended. */
  function expire(id: number): void {
    for (const list of Object.values(waiting)) {
      const at = list.findIndex((pending) => pending.id === id)
      const [pending] = at < 0 ? [] : list.splice(at, 1)
      if (!pending) continue
      waitingUnits -= pending.units
      drop(pending, 'detection took too long')
    }
    for (const slot of slots) {
      for (const lane of LANES) {
        const pending = slot.jobs[lane]
        if (pending?.id !== id) continue
        slot.jobs[lane] = undefined
        drop(pending, 'detection took too long')
        endSlot(slot)
      }
    }
  }

  let hasStarted = false
  const starts = await Promise.allSettled(Array.from({ length: size }, startSlot))
  hasStarted = true

  const pool: WorkerPool = {
    run(job, units) {
      return new Promise((resolve, reject) => {
        if (isClosed) return reject(unavailable('detection has stopped'))
        if (waitingUnits + units > maxWaitingUnits) return reject(unavailable('too much text waits for detection'))
        const id = nextId++
        const timer = setTimeout(() => expire(id), timeoutMs)
        waitingUnits += units
        waiting[units > SHORT_UNITS ? 'long' : 'short'].push({
          id,
          job,
          units,
          due: performance.now() + units / UNITS_PER_MS,
          // The worker answers each kind of job with its kind of result.
          resolve: resolve as (result: unknown) => void,
          reject,
          timer,
        })
        dispatch()
      })
    },
    async close() {
      isClosed = true
      for (const timer of restarts) clearTimeout(timer)
      const left = [...waiting.short.splice(0), ...waiting.long.splice(0)]
      const running = [...slots].flatMap(listJobs)
      const ending = [...slots].map((slot) => slot.worker.terminate())
      slots.clear()
      for (const pending of [...left, ...running]) drop(pending, 'detection has stopped')
      await Promise.all(ending)
    },
  }
  const failed = starts.find((one) => one.status === 'rejected')
  if (failed) {
    await pool.close()
    throw failed.reason
  }
  return pool
}

function listJobs({ jobs }: Slot): readonly Pending[] {
  return LANES.flatMap((lane) => jobs[lane] ?? [])
}

function unavailable(message: string): AppError {
  return new AppError('detector.unavailable', { message })
}

function failure(code: string): AppError {
  const isKnown = (name: string): name is ErrorCode => Object.hasOwn(ERROR_CODES, name)
  return isKnown(code) ? new AppError(code, { message: 'detection refused the text' }) : unavailable('detection failed')
}
