import type {
  Confirmed,
  DetectOptions,
  Findings,
  KnownPatient,
  Language,
  PlannedSpan,
  ProfileName,
  ResidualHit,
  Span,
} from '@breakwater/deid'

/** What a worker of detection is asked for. */
export type DetectionJob =
  | {
      readonly kind: 'examine'
      readonly texts: readonly { readonly text: string; readonly language: Language }[]
      readonly known: readonly KnownPatient[]
      readonly isCased: boolean
    }
  | {
      readonly kind: 'join'
      readonly texts: readonly { readonly text: string; readonly examined: Findings }[]
      readonly confirmed: Confirmed
      readonly isCased: boolean
    }
  | {
      readonly kind: 'plan'
      readonly texts: readonly string[]
      readonly profile: ProfileName
      readonly joined: NonNullable<DetectOptions['joined']>
    }
  | {
      readonly kind: 'scan'
      readonly text: string
      readonly written: readonly { readonly start: number; readonly end: number }[]
    }

interface Results {
  readonly examine: readonly Findings[]
  readonly join: readonly Span[][]
  readonly plan: PlannedSpan[][]
  readonly scan: ResidualHit[]
}

export type ResultOf<Job extends DetectionJob> = Results[Job['kind']]

/** How a worker begins: with what it is to load. */
export interface WorkerTask {
  readonly hasModels: boolean
  /** The site's lexicon as its file says it. */
  readonly lexicon: string | undefined
  /** How long one call of the text engine may take. */
  readonly budgetMs: number
}

/** A worker's first message, when it has loaded everything. */
export interface WorkerReady {
  readonly kind: 'ready'
  /** Names of what detects, with versions. */
  readonly detection: DetectionSet
}

/** What detects: names with versions, for the ledger and for whoever asks. */
export interface DetectionSet {
  readonly tier: 'models' | 'rules'
  readonly english: string | null
  readonly spanish: string | null
}

/** What comes back: a result, or the code of what was thrown. Never a message: it may quote a text. */
export type WorkerAnswer =
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string }
