import { readFileSync } from 'node:fs'
import { createTextEngine, readKnownPatient } from '@breakwater/deid'
import type { PlannedSpan } from '@breakwater/deid'
import { loadSpanishTagger, loadTagger } from '@breakwater/tagger'
import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readGazetteer } from './parts.ts'
import { startDetection } from './start.ts'
import type { Detection } from './start.ts'

const NOTES = readFileSync(new URL('../../../../deid/test-data/evaluation/notes.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): string => JSON.parse(line).text)
const TIERS = ['models', 'rules'] as const
/** Long notes are read several times over: on a machine with much else to do, that takes its time. */
const TIMEOUT_MS = 120_000

const gazetteer = readGazetteer()
const languages = { es: loadSpanishTagger() }
const atOnce = {
  models: createTextEngine({ gazetteer, languages, tagger: loadTagger() }),
  rules: createTextEngine({ gazetteer, languages }),
}
const detection = new Map<string, Detection>()

beforeAll(async () => {
  for (const tier of TIERS) {
    const clock = { now: () => new Date() }
    const limits = { workers: 1, budgetMs: 60_000, memoryBytes: 4_000_000 }
    detection.set(tier, await startDetection({ tier, ...limits, lexicon: undefined, clock }))
  }
}, 30_000)
afterAll(async () => Promise.all([...detection.values()].map(async (one) => one.close())))

/** A crossing is not told whom else a mention names, and as whom. */
function withoutLinks(outcome: unknown): unknown {
  if (!Array.isArray(outcome)) return outcome
  return (outcome as PlannedSpan[][]).map((spans) =>
    spans.map(({ entityId, ...span }) =>
      entityId?.startsWith('person') ? { ...span, role: expect.any(String) } : span,
    ),
  )
}

async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code
    throw thrown
  }
}

const known = [readKnownPatient({ names: ['Maria Lopez'], identifiers: ['4417203'] })]
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NOTES) },
  fc.constantFrom(
    'Maria Lopez, MRN 4417203',
    'Later Maria left.',
    '',
    'ok',
    'Paciente varon que acude por dolor en el pecho',
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
)

test.for(TIERS)(
  'with %s a document comes out as from the engine at once, whatever is remembered of it (DI-06)',
  { timeout: TIMEOUT_MS },
  async (tier) => {
    const engine = detection.get(tier)?.engine
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 4 }),
        fc.constantFrom('acme', 'globex'),
        fc.constantFrom([], known),
        async (texts, tenant, patients) => {
          const expected = withoutLinks(await outcomeOf(() => atOnce[tier].plan(texts, 'gateway', { known: patients })))
          // Unseen or not, and then surely seen.
          for (const _ of [1, 2]) {
            expect(await outcomeOf(() => engine?.plan(texts, 'gateway', { tenant, known: patients }))).toEqual(expected)
          }
        },
      ),
      { numRuns: 60 },
    )
  },
)

test.for(TIERS)(
  'with %s a long document, read stretch by stretch elsewhere, comes out as from the engine at once',
  { timeout: TIMEOUT_MS },
  async (tier) => {
    const engine = detection.get(tier)?.engine
    const long = NOTES.join('\n\n').slice(0, 36_000)
    for (const texts of [[long], [long.slice(0, 17_000), 'ok', ...NOTES.slice(0, 4)]]) {
      expect(await engine?.plan(texts, 'gateway')).toEqual(withoutLinks(atOnce[tier].plan(texts, 'gateway')))
    }
  },
)

test('the models find here what rules do not: they are at work', async () => {
  const plans = await Promise.all(
    TIERS.map(async (tier) => detection.get(tier)?.engine.plan(NOTES.slice(0, 40), 'gateway', { tenant: 'other' })),
  )
  const [models = 0, rules = 0] = plans.map((plan) => plan?.flat().length)
  expect(models).toBeGreaterThan(rules)
  expect(detection.get('models')?.engine.set).toMatchObject({
    tier: 'models',
    english: expect.stringContaining('words'),
  })
  expect(detection.get('rules')?.engine.set).toMatchObject({ tier: 'rules', english: null })
})

test('a text seen before is not read again', async () => {
  const engine = detection.get('models')?.engine
  const texts = NOTES.slice(0, 10)
  await engine?.plan(texts, 'gateway', { tenant: 'again' })
  // Answered at once, on this thread.
  expect(engine?.plan(texts, 'gateway', { tenant: 'again' })).toBeInstanceOf(Array)
  expect(engine?.plan(texts, 'gateway', { tenant: 'someone else' })).toBeInstanceOf(Promise)
})

test('a conversation in which somebody new is named comes out as if nothing of it were remembered', async () => {
  const engine = detection.get('rules')?.engine
  const turns = ['Later Zzyrqa left.', 'Zzyrqa came back.', 'Patient: Zzyrqa Okonkwo-Vale', ...NOTES.slice(0, 8)]
  for (let count = 1; count <= turns.length; count++) {
    const texts = turns.slice(0, count)
    const expected = withoutLinks(atOnce.rules.plan(texts, 'gateway'))
    expect(await engine?.plan(texts, 'gateway', { tenant: 'turns' })).toEqual(expected)
  }
})

test('a text in a language that nobody reads is refused (DI-06)', async () => {
  const text = 'Der Patient wurde mit Schmerzen in der Brust in das Krankenhaus gebracht und ist nicht vorbelastet.'
  expect(await outcomeOf(() => detection.get('models')?.engine.plan([text], 'gateway'))).toBe('language.unsupported')
})

test('a detection that is closed finds nothing any more: it refuses', async () => {
  const clock = { now: () => new Date() }
  const own = await startDetection({
    tier: 'rules',
    workers: 1,
    budgetMs: 1_000,
    memoryBytes: 0,
    lexicon: undefined,
    clock,
  })
  await own.close()
  await expect(own.engine.plan([NOTES.join('\n')], 'gateway')).rejects.toMatchObject({ code: 'detector.unavailable' })
})
