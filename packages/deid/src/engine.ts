import { AppError } from '@breakwater/kernel'
import { detectAlone, detectSpans, explainSpans, joinSpans } from './detect/detect.ts'
import { confirmTexts, examineText, type Stages } from './detect/cascade.ts'
import { openGazetteer } from './gazetteer/gazetteer.ts'
import { applyPlan, buildManifest, PROFILES, planSpans } from './profiles/index.ts'
import { indexKnown, type KnownIndex, type KnownPatient } from './known/index.ts'
import { indexSite } from './site/index.ts'
import { createLanguageChoice } from './language/index.ts'
import type { DetectOptions, Manifest, Span, TextEngine, TextEngineOptions } from './types.ts'

const ENGINE: Manifest['engine'] = { name: 'breakwater-rules', version: '0.1.0', ruleSet: '1' }

/**
 * Makes the text engine: rules, dictionaries and, when given, a tagger. Pure: no I/O, nothing kept between calls, same
 * text, same spans. Throws `detector.unavailable` when the dictionaries are damaged, and from every method when a stage
 * fails: such a text must not pass.
 */
export function createTextEngine({
  gazetteer,
  languages,
  lexicon,
  tagger,
  thresholds,
  time,
  without,
}: TextEngineOptions): TextEngine {
  const lists = openGazetteer(gazetteer)
  const site = lexicon && indexSite(lexicon, lists)
  // Kept as long as the caller keeps its list, and no longer: a list is read once for all texts of a request.
  const indexes = new WeakMap<readonly KnownPatient[], KnownIndex>()

  function indexOnce(patients: readonly KnownPatient[]): KnownIndex {
    const index = indexes.get(patients) ?? indexKnown(patients, lists)
    indexes.set(patients, index)
    return index
  }

  const startStages = (options: DetectOptions): Stages => ({
    gazetteer: lists,
    site,
    tagger,
    spanish: languages?.es,
    chooseLanguage: createLanguageChoice(options.language, languages),
    indexKnown: indexOnce,
    checkTime: time && startTimer(time),
    without,
  })
  const calibrated = (options: DetectOptions): DetectOptions => (thresholds ? { thresholds, ...options } : options)

  function detectAll(texts: readonly string[], options: DetectOptions = {}): Span[][] {
    const found = guard(
      () => takeJoined(texts, options) ?? detectSpans(texts, startStages(options), calibrated(options)),
    )
    if (options.includeClinicians !== false) return found
    return found.map((spans) => spans.filter(({ role }) => role !== 'clinician'))
  }

  return {
    detectAll,
    detect: (text, options) => detectAll([text], options)[0] ?? [],
    explain: (text, options = {}) => guard(() => explainSpans(text, startStages(options), calibrated(options))),
    readLanguages: (texts, options = {}, tallies) => guard(() => startStages(options).chooseLanguage(texts, tallies)),
    examine: (text, language, options = {}) =>
      guard(() => examineText(text, language, startStages(options), calibrated(options))),
    examineAlone: (text, language, options = {}) =>
      guard(() => detectAlone(text, language, startStages(options), calibrated(options))),
    confirm: (texts, confirmations) => guard(() => confirmTexts(texts, confirmations)),
    join: (text, examined, confirmed, options = {}) =>
      guard(() => joinSpans(text, examined, confirmed, startStages(options), calibrated(options))),
    plan: (texts, profile, options) => planSpans(texts, detectAll(texts, options), profile, options),
    deidentify(text, profile, options = {}) {
      const spans = planSpans([text], detectAll([text], options), profile, options)[0] ?? []
      const manifest = buildManifest({
        engine: ENGINE,
        profile: PROFILES[profile],
        tagger: tagger?.id ?? null,
        spanish: languages?.es?.id,
        thresholds: options.thresholds ?? thresholds,
        hasLexicon: lexicon !== undefined,
        isKnown: (options.known?.length ?? 0) > 0,
        planned: [spans],
      })
      return { ...applyPlan(text, spans, options.token), spans, manifest }
    },
  }
}

function takeJoined(texts: readonly string[], { joined }: DetectOptions): Span[][] | undefined {
  if (joined && joined.length !== texts.length) throw new RangeError('spans of other texts')
  return joined?.map((spans) => [...spans])
}

/** A stage that throws blocks the text; what it threw may quote the text, so it stays a cause. */
function guard<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    // Of the caller's own: more patients than a call may bring, a language that nothing here reads.
    if (cause instanceof AppError) throw cause
    throw new AppError('detector.unavailable', { message: 'A stage of detection failed; the text is blocked.', cause })
  }
}

function startTimer({ clock, milliseconds }: NonNullable<TextEngineOptions['time']>): () => void {
  const deadline = clock.now().getTime() + milliseconds
  return () => {
    if (clock.now().getTime() > deadline) throw new RangeError('detection took too long')
  }
}
