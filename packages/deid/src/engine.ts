import { AppError } from '@breakwater/kernel'
import { detectSpans } from './detect/detect.ts'
import { openGazetteer } from './gazetteer/gazetteer.ts'
import { applyPlan, buildManifest, PROFILES, planSpans } from './profiles/index.ts'
import type { DetectOptions, Manifest, Span, TextEngine, TextEngineOptions } from './types.ts'

const ENGINE: Manifest['engine'] = { name: 'breakwater-rules', version: '0.1.0', ruleSet: '1' }

/**
 * Makes the text engine: rules, dictionaries and, when given, a tagger. Pure: no I/O, nothing kept between calls, same
 * text, same spans. Throws `detector.unavailable` when the dictionaries are damaged, and from every method when a stage
 * fails: such a text must not pass.
 */
export function createTextEngine({ gazetteer, tagger }: TextEngineOptions): TextEngine {
  const lists = openGazetteer(gazetteer)

  function detectAll(texts: readonly string[], options: DetectOptions = {}): Span[][] {
    const found = guard(() => detectSpans(texts, lists, tagger))
    if (options.includeClinicians !== false) return found
    return found.map((spans) => spans.filter(({ role }) => role !== 'clinician'))
  }

  return {
    detectAll,
    detect: (text, options) => detectAll([text], options)[0] ?? [],
    plan: (texts, profile, options) => planSpans(texts, detectAll(texts, options), profile, options),
    deidentify(text, profile, options = {}) {
      const spans = planSpans([text], detectAll([text], options), profile, options)[0] ?? []
      const manifest = buildManifest({
        engine: ENGINE,
        profile: PROFILES[profile],
        tagger: tagger?.id ?? null,
        planned: [spans],
      })
      return { text: applyPlan(text, spans, options.token).text, spans, manifest }
    },
  }
}

/** A stage that throws blocks the text; what it threw may quote the text, so it stays a cause. */
function guard<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new AppError('detector.unavailable', { message: 'A stage of detection failed; the text is blocked.', cause })
  }
}
