import { setImmediate as breathe } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { createTextEngine, createView, readSiteLexicon } from '@breakwater/deid'
import type { Findings, Language, TaggedSpan } from '@breakwater/deid'
import { AppError } from '@breakwater/kernel'
import { loadSpanishTagger, loadTagger } from '@breakwater/tagger'
import type { EnglishTagger } from '@breakwater/tagger'
import { createTokenView } from '../tokens/token-view.ts'
import { readGazetteer, readResidualScanner } from './parts.ts'
import type { DetectionJob, WorkerAnswer, WorkerReady, WorkerTask } from './jobs.ts'

// A thread that has the models: it reads texts and answers with places. What is thrown here stays here.
const { hasModels, lexicon, budgetMs }: WorkerTask = workerData
const english = hasModels ? hideTokens(loadTagger()) : undefined
const spanish = loadSpanishTagger()
const clock = { now: () => new Date() }
/** What the models said of a long text, stretch by stretch, before the engine asks for all of it. */
let told: { readonly text: string; readonly spans: readonly TaggedSpan[] } | undefined
const engine = createTextEngine({
  gazetteer: readGazetteer(),
  languages: { es: spanish },
  ...(english && {
    tagger: { id: english.id, tag: (text) => (told?.text === text ? told.spans : english.tag(text)) },
  }),
  ...(lexicon !== undefined && { lexicon: readSiteLexicon(lexicon) }),
  time: { clock, milliseconds: budgetMs },
})
const scanner = readResidualScanner()

/** The tagger reads `[name]` where a token stands. Rules read the token: with what is glued to it, it may be an address. */
function hideTokens(tagger: EnglishTagger): EnglishTagger {
  return {
    id: tagger.id,
    tag(text) {
      const view = createTokenView(text)
      return view.restore(tagger.tag(view.text))
    },
    *tagInSteps(text) {
      const view = createTokenView(text)
      return view.restore(yield* tagger.tagInSteps(view.text))
    },
  }
}

/** Longer texts are read stretch by stretch, so that the jobs of others come between. */
const LONG_UNITS = 16_384
/** After so much text of one job, others may come between. */
const BREATH_UNITS = 8_192

async function examine(text: string, language: Language, options: ExamineOptions): Promise<Findings> {
  if (!english || language !== 'en' || text.length <= LONG_UNITS) return engine.examine(text, language, options)
  const view = createView(text).text
  const steps = english.tagInSteps(view)
  let step = steps.next()
  for (; !step.done; step = steps.next()) await breathe()
  // Nothing comes between this and its use.
  told = { text: view, spans: step.value }
  try {
    return engine.examine(text, language, options)
  } finally {
    told = undefined
  }
}

/** One text after the other, and the jobs of others between them. */
async function inTurns<Part extends { readonly text: string }, Found>(
  parts: readonly Part[],
  read: (part: Part) => Found | Promise<Found>,
): Promise<readonly Found[]> {
  const found: Found[] = []
  let units = 0
  for (const part of parts) {
    if (units > BREATH_UNITS) {
      await breathe()
      units = 0
    }
    found.push(await read(part))
    units += part.text.length
  }
  return found
}

type ExamineOptions = Pick<Extract<DetectionJob, { kind: 'examine' }>, 'known' | 'isCased'>

async function work(job: DetectionJob): Promise<unknown> {
  switch (job.kind) {
    case 'examine':
      return inTurns(job.texts, ({ text, language }) =>
        examine(text, language, { known: job.known, isCased: job.isCased }),
      )
    case 'join':
      return inTurns(job.texts, ({ text, examined }) =>
        engine.join(text, examined, job.confirmed, { isCased: job.isCased }),
      )
    case 'plan':
      return engine.plan(job.texts, job.profile, { joined: job.joined })
    case 'scan':
      return scanner.scan(job.text, job.written)
  }
}

async function answer(id: number, job: DetectionJob): Promise<void> {
  let done: WorkerAnswer
  try {
    done = { kind: 'done', id, result: await work(job) }
  } catch (thrown) {
    done = { kind: 'failed', id, code: thrown instanceof AppError ? thrown.code : 'detector.unavailable' }
  }
  parentPort?.postMessage(done)
}

parentPort?.on('message', ({ id, job }: { id: number; job: DetectionJob }) => void answer(id, job))
const detection = { tier: hasModels ? 'models' : 'rules', english: english?.id ?? null, spanish: spanish.id } as const
parentPort?.postMessage({ kind: 'ready', detection } satisfies WorkerReady)
