import type {
  DetectOptions,
  KnownPatient,
  PlannedSpan,
  ProfileName,
  ResidualHit,
  ResidualScanner,
} from '@breakwater/deid'
import type { ClearedTexts } from '../residual/cleared-texts.ts'
import type { DetectionSet } from './jobs.ts'

/** What the text engine is asked for, besides the texts. */
export interface DetectionRequest extends Pick<DetectOptions, 'known' | 'isCased'> {
  /** Whose texts they are: what is remembered of them serves nobody else. */
  readonly tenant?: string
  /** Stretches of an answer, of which few come again: they take no room from what is remembered of requests. */
  readonly isAnswer?: boolean
}

/** Texts that are remembered as having nothing in them, however they were read. */
export interface ClearTexts {
  has(text: string): boolean
  /** The text that was asked for last. */
  add(text: string): void
}

/** The text engine as crossings use it: on this thread, or on others. */
export interface DetectionEngine {
  /** What detects, with versions; of an engine that tests bring along, unknown. */
  readonly set?: DetectionSet
  /**
   * What a profile would change in the parts of one document. Throws `detector.unavailable`, `language.unsupported`,
   * `body.invalid`.
   */
  plan(
    texts: readonly string[],
    profile: ProfileName,
    request?: DetectionRequest,
  ): PlannedSpan[][] | Promise<PlannedSpan[][]>
  /** Of whoever asks for plans so. Without it, nothing is remembered. */
  clearTexts?(request: DetectionRequest): ClearTexts
}

/** The second detector as crossings use it. */
export interface DetectionScanner {
  scan(...asked: Parameters<ResidualScanner['scan']>): ResidualHit[] | Promise<ResidualHit[]>
  /** What is remembered of a tenant's texts; without it, every text is looked at each time. */
  clearedOf?(tenant: string): ClearedTexts
}

/** The engine, for whoever only asks. */
export interface Planner {
  plan(
    texts: readonly string[],
    profile: ProfileName,
    stretch?: Pick<DetectOptions, 'isCased'>,
  ): PlannedSpan[][] | Promise<PlannedSpan[][]>
  readonly clear?: ClearTexts | undefined
}

/** What detected, as the ledger names it: `detection:rules`, `detection:words.pieces-1-0a1b2c3d`. */
export function nameSet({ set }: DetectionEngine): string | undefined {
  return set && `detection:${(set.english ?? set.tier).replaceAll('+', '.')}`
}

/** Of a crossing: whose it is, and the patient whom it is about. */
interface Asker {
  readonly principal: { readonly tenant: string }
  readonly known: readonly KnownPatient[]
}

/** The engine of one request: it knows whose request it is and the patient whom that is about. */
export function planFor(engine: DetectionEngine, { principal, known }: Asker, isAnswer = false): Planner {
  const request = { tenant: principal.tenant, known, isAnswer }
  return {
    clear: isAnswer ? engine.clearTexts?.(request) : undefined,
    plan: (texts, profile, stretch) => {
      const plans = engine.plan(texts, profile, stretch ? { ...request, ...stretch } : request)
      return plans instanceof Promise ? plans.then((all) => withoutGuesses(texts, all)) : withoutGuesses(texts, plans)
    },
  }
}

// A name that a program gave: of a member, a parameter, a setting.
const PROGRAM_NAME = /^[a-z_$][\w$.-]*$/
// Of the models, and of what was carried on from their guess.
const GUESS = /^(?:pieces-|words-|tagger\.)|\.propagated$/

/** Whether nothing but a model says so. */
export function isGuess({ sources }: Pick<PlannedSpan, 'sources'>): boolean {
  return sources.every((source) => GUESS.test(source))
}

/**
 * A text that is one such name, with nothing around it, is changed only where a rule, a list or the patient's record says
 * so. The models learned from sentences: of `ward` or `foo` alone they can say nothing, and tools would break by it.
 */
function withoutGuesses(texts: readonly string[], plans: PlannedSpan[][]): PlannedSpan[][] {
  return plans.map((spans, index) =>
    spans.length > 0 && PROGRAM_NAME.test(texts[index] ?? '') ? spans.filter((span) => !isGuess(span)) : spans,
  )
}
