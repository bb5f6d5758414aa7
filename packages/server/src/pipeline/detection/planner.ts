import type { DetectOptions, KnownPatient, PlannedSpan, ProfileName } from '@breakwater/deid'

/** What the text engine is asked for, besides the texts. */
export interface DetectionRequest extends Pick<DetectOptions, 'known'> {
  /** Whose texts they are: what is remembered of them serves nobody else. */
  readonly tenant?: string
}

/** The text engine as crossings use it: on this thread, or on others. */
export interface DetectionEngine {
  /**
   * What a profile would change in the parts of one document. Throws `detector.unavailable`, `language.unsupported`,
   * `body.invalid`.
   */
  plan(
    texts: readonly string[],
    profile: ProfileName,
    request?: DetectionRequest,
  ): PlannedSpan[][] | Promise<PlannedSpan[][]>
}

/** The engine, for whoever only asks. */
export type Planner = Pick<DetectionEngine, 'plan'>

/** Of a crossing: whose it is, and the patient whom it is about. */
interface Asker {
  readonly principal: { readonly tenant: string }
  readonly known: readonly KnownPatient[]
}

/** The engine of one request: it knows whose request it is and the patient whom that is about. */
export function planFor(engine: DetectionEngine, { principal, known }: Asker): Planner {
  const request = { tenant: principal.tenant, known }
  return { plan: (texts, profile) => engine.plan(texts, profile, request) }
}
