import { readFileSync } from 'node:fs'
import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { readKnownPatient } from '../known/index.ts'
import type { DetectOptions, Findings, PlannedSpan, Tagger, TextEngine } from '../types.ts'
import { NO_FINDINGS, packFindings, unpackConfirmations, unpackFindings } from './findings.ts'
import type { Candidate } from './patterns/pattern.ts'

const gazetteer = readFileSync(new URL('../../data/gazetteer.bin', import.meta.url))
const NOTES = readFileSync(new URL('../../test-data/evaluation/notes.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): string => JSON.parse(line).text)

/** Takes every word of six letters for a name, the ordinary ones weakly. */
const tagger: Tagger = {
  id: 'sample',
  tag: (text) =>
    Array.from(text.matchAll(/\b[A-Za-z]{6}\b/g), ({ index, 0: word }) => ({
      start: index,
      end: index + word.length,
      class: 'NAME',
      role: 'unknown',
      score: 0.7,
      ...(word < 'n' && { isWeak: true }),
    })),
}
const known = [readKnownPatient({ names: ['Maria Lopez'], identifiers: ['4417203'] })]
const engine = createTextEngine({ gazetteer, tagger, languages: { es: tagger } })

function examineAll(of: TextEngine, texts: readonly string[], options: DetectOptions): Findings[] {
  const languages = of.readLanguages(texts, options)
  return texts.map((text, index) => of.examine(text, languages[index] ?? 'en', options))
}

/** A text in a language that nobody reads is refused either way. */
function outcomeOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code
    throw thrown
  }
}

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NOTES) },
  fc.constantFrom(
    'Maria Lopez, MRN 4417203',
    'Mr. Okafor saw Maria.',
    'user',
    '',
    'Paciente varon que acude con dolor',
  ),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)

test('a document planned from what was found in each part is the document planned at once, for any parts', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), fc.constantFrom({}, { known }), (texts, options) => {
      const apart = outcomeOf(() =>
        engine.plan(texts, 'gateway', { ...options, examined: examineAll(engine, texts, options) }),
      )
      expect(apart).toEqual(outcomeOf(() => engine.plan(texts, 'gateway', options)))
    }),
    { numRuns: 300 },
  )
})

test('the same where each part is joined by itself beside what all of them confirm', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), fc.constantFrom({}, { known }), (texts, options) => {
      const apart = outcomeOf(() => {
        const examined = examineAll(engine, texts, options)
        const confirmed = engine.confirm(texts, examined.map(unpackConfirmations))
        const joined = texts.map((text, index) => engine.join(text, examined[index] ?? NO_FINDINGS, confirmed))
        return engine.plan(texts, 'gateway', { joined })
      })
      expect(apart).toEqual(withoutLinks(outcomeOf(() => engine.plan(texts, 'gateway', options))))
    }),
    { numRuns: 300 },
  )
})

/** What only the whole document knows of a mention: whom else it names, and as whom. */
function withoutLinks(outcome: unknown): unknown {
  if (!Array.isArray(outcome)) return outcome
  return (outcome as PlannedSpan[][]).map((spans) =>
    spans.map(({ entityId, ...span }) =>
      entityId?.startsWith('person') ? { ...span, role: expect.any(String) } : span,
    ),
  )
}

test('the same over a corpus: every note with its neighbour', () => {
  for (const [index, note] of NOTES.entries()) {
    const texts = [note, NOTES[(index + 1) % NOTES.length] ?? '']
    const examined = examineAll(engine, texts, {})
    const atOnce = engine.detectAll(texts)
    expect(engine.detectAll(texts, { examined })).toEqual(atOnce)
    const confirmed = engine.confirm(texts, examined.map(unpackConfirmations))
    const joined = texts.map((text, at) => engine.join(text, examined[at] ?? NO_FINDINGS, confirmed))
    expect(engine.detectAll(texts, { joined })).toEqual(withoutLinks(atOnce))
  }
})

test('a name found in one part is found in another one that was examined without it', () => {
  const texts = ['Patient: Zzyrqa Okonkwo-Vale', 'Later Zzyrqa left.']
  const rules = createTextEngine({ gazetteer })
  const alone = rules.examine(texts[1] ?? '', 'en')
  expect(rules.detectAll(['Later Zzyrqa left.'], { examined: [alone] })).toEqual([[]])
  const [, later = []] = rules.detectAll(texts, { examined: examineAll(rules, texts, {}) })
  expect(later.map(({ class: phiClass }) => phiClass)).toEqual(['NAME'])
})

test('findings hold nothing of the text', () => {
  const text = 'Patient: Rosalind Okafor-Brandt, MRN 00482913, phone (217) 555-0142'
  const bytes = Buffer.from(engine.examine(text, 'en'))
  for (const value of ['Rosalind', 'Okafor', '00482913', '555']) expect(bytes.includes(value)).toBe(false)
})

test('findings of other texts are refused', () => {
  expect(() => engine.plan(['a', 'b'], 'gateway', { examined: [engine.examine('a', 'en')] })).toThrow(
    expect.objectContaining({ code: 'detector.unavailable' }),
  )
})

test('packing loses nothing', () => {
  const candidate = fc.record(
    {
      start: fc.nat(),
      end: fc.nat(),
      class: fc.constantFrom<Candidate['class'][]>('NAME', 'DATE', 'SSN'),
      role: fc.constantFrom<Candidate['role'][]>('patient', 'unknown'),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      source: fc.stringMatching(/^[a-z.+-]{1,12}$/),
      stage: fc.constantFrom<NonNullable<Candidate['stage']>[]>('tagger', 'known', 'site'),
    },
    { requiredKeys: ['start', 'end', 'class', 'role', 'score', 'source'] },
  )
  const confirmation = fc.record({
    start: fc.nat(),
    end: fc.nat(),
    wordEnd: fc.nat(),
    class: fc.constantFrom<Candidate['class'][]>('NAME', 'MRN'),
    role: fc.constantFrom<Candidate['role'][]>('patient', 'unknown'),
  })
  fc.assert(
    fc.property(fc.array(candidate), fc.array(confirmation), (candidates, confirmations) => {
      const packed = packFindings({ candidates, confirmations })
      expect(unpackFindings(packed)).toEqual(candidates.map((one) => ({ ...one })))
      expect(unpackConfirmations(packed)).toEqual(confirmations.map((one) => ({ ...one })))
    }),
  )
})
