import { Worker } from 'node:worker_threads'
import { createTextEngine, readSiteLexicon } from '@breakwater/deid'
import type { Tagger, TextEngine } from '@breakwater/deid'
import type { Clock } from '@breakwater/kernel'
import { forbidTelemetry, loadSpanishTagger } from '@breakwater/tagger'
import { createDetectionEngine, createDetectionScanner } from './engine.ts'
import { createFindingsMemory } from './findings-memory.ts'
import type { DetectionSet, WorkerTask } from './jobs.ts'
import { readGazetteer, readResidualScanner } from './parts.ts'
import type { DetectionEngine, DetectionScanner } from './planner.ts'
import { startWorkerPool } from './pool.ts'

export interface DetectionOptions {
  /** With the models beside rules and lists, or without: whoever runs the gateway says so, never a request. */
  readonly tier: DetectionSet['tier']
  readonly workers: number
  /** How long one body may take, its waiting included. */
  readonly budgetMs: number
  /** What may be kept of texts seen before: places and classes; 0 keeps nothing. */
  readonly memoryBytes: number
  /** The site's lexicon, as its file says it. */
  readonly lexicon: string | undefined
  readonly clock: Clock
  /** A worker ended that nobody had told to. */
  readonly onCrash?: () => void
}

export interface Detection {
  readonly engine: DetectionEngine
  readonly scanner: DetectionScanner
  /** Overwrites what is remembered and too old. */
  forget(): void
  /** Ends the workers and overwrites what is remembered. */
  close(): Promise<void>
}

/** What is remembered of a text is overwritten after this. */
const MAX_AGE_MS = 30 * 60_000
/** One tenant may have this part of the memory for its requests, and as much for its answers: never all of it. */
const TENANT_SHARE = 0.375
/** Text that may wait for a worker: some bodies of the greatest length. */
const MAX_WAITING_UNITS = 16_777_216
/** Of JavaScript; the models lie outside. A worker that needs more ends, and its texts are refused. */
const WORKER_HEAP_MB = 256

/**
 * Both detectors with the threads they need. Resolves when every thread has loaded its models. Throws
 * `detector.unavailable` when one cannot, `config.invalid` for a lexicon that is none: nothing falls back to less.
 */
export async function startDetection(options: DetectionOptions): Promise<Detection> {
  const { tier, workers, budgetMs, memoryBytes, lexicon, clock, onCrash } = options
  const hasModels = tier === 'models'
  const engine = createOwnEngine(options)
  const scanner = readResidualScanner()
  const memory = createFindingsMemory({
    clock,
    maxBytes: memoryBytes,
    maxBytesPerTenant: memoryBytes * TENANT_SHARE,
    maxAgeMs: MAX_AGE_MS,
  })
  let set: DetectionSet = { tier, english: null, spanish: null }
  const pool = await startWorkerPool({
    size: workers,
    start: () => startWorker({ hasModels, lexicon, budgetMs }),
    timeoutMs: budgetMs,
    maxWaitingUnits: MAX_WAITING_UNITS,
    onReady: ({ detection }) => {
      set = detection
    },
    ...(onCrash && { onCrash }),
  })
  return {
    engine: createDetectionEngine({ engine, canExamine: !hasModels, pool, memory, set }),
    scanner: createDetectionScanner(scanner, pool, memory),
    forget: () => memory.forget(),
    async close() {
      await pool.close()
      memory.wipe()
    },
  }
}

/** On this thread: everything but the models, to join what is found, and in the tier without models to find it. */
function createOwnEngine({ tier, budgetMs, lexicon, clock }: DetectionOptions): TextEngine {
  return createTextEngine({
    gazetteer: readGazetteer(),
    languages: { es: tier === 'rules' ? loadSpanishTagger() : ELSEWHERE },
    ...(lexicon !== undefined && { lexicon: readSiteLexicon(lexicon) }),
    time: { clock, milliseconds: budgetMs },
  })
}

/** Spanish is read by the workers; were it ever asked here, the text would be refused. */
const ELSEWHERE: Tagger = {
  id: 'elsewhere',
  tag: () => {
    throw new RangeError('not on this thread')
  },
}

function startWorker(task: WorkerTask): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  return new Worker(new URL(isSource ? './worker.ts' : './worker.js', import.meta.url), {
    workerData: task,
    // It reads no setting and no secret.
    env: forbidTelemetry(),
    execArgv: isSource ? ['--conditions=breakwater-source'] : [],
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
    // Whatever is printed there goes nowhere: it may quote a text.
    stdout: true,
    stderr: true,
  })
}
