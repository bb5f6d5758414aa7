/** What may be said of a crossing outside of the ledger: names of a closed kind, never a value. */
interface CrossingFacts {
  readonly tenant?: string
  readonly provider?: string
  readonly providerKind?: string
  /** Declared by a provider's row, so there are as many as somebody entered. */
  readonly model?: string
  readonly purpose?: string
  readonly isStream?: boolean
  /** Counts by class of what was masked. */
  readonly masked?: Readonly<Record<string, number>>
}

export interface CrossingEnd extends CrossingFacts {
  /** Of the refusal or failure; none: it was answered. */
  readonly code?: string
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number }
}

/** The record of one crossing while it lasts. */
export interface CrossingTrace {
  /** A stage begins, and the one before it ends. */
  stage(name: string): void
  /** The first piece of a stream was handed out. */
  firstPiece(): void
  /** Once; whatever comes later is not counted. */
  end(end: CrossingEnd): void
}

/** What is measured. No method throws, and none takes a value. */
export interface Telemetry {
  /** `traceparent` as the caller sent it (W3C Trace Context): what is not of its form is ignored. */
  beginCrossing(about: { endpoint: string; act: string; traceparent?: string | undefined }): CrossingTrace
  /** `route` is the declared path, with parameters by name. */
  countRequest(request: { method: string; route: string; status: number; durationMs: number }): void
  close(): Promise<void>
}

const NO_TRACE: CrossingTrace = { stage: () => undefined, firstPiece: () => undefined, end: () => undefined }

/** Measures nothing. */
export const NO_TELEMETRY: Telemetry = {
  beginCrossing: () => NO_TRACE,
  countRequest: () => undefined,
  close: async () => undefined,
}
