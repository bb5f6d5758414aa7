import type { Predicted } from '@breakwater/deid/evaluate'

/** Something that finds identifiers. */
export interface Contestant {
  readonly name: string
  readonly loadMs: number
  /** Answers all texts one after the other, on one thread, and says how long that took. */
  predict(texts: readonly string[]): Promise<{ readonly seconds: number; readonly spans: readonly Predicted[][] }>
  stop(): void
}

/** One that runs here, text by text. */
export function createLocal(name: string, loadMs: number, detect: (text: string) => readonly Predicted[]): Contestant {
  return {
    name,
    loadMs,
    async predict(texts) {
      const begun = performance.now()
      const spans = texts.map((text) => [...detect(text)])
      return { seconds: (performance.now() - begun) / 1000, spans }
    },
    stop: () => undefined,
  }
}
