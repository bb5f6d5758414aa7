import type { Predicted } from '@breakwater/deid/evaluate'

/** Something that finds identifiers. */
export interface Contestant {
  readonly name: string
  readonly loadMs: number
  /**
   * Answers all texts one after the other, on one thread, and says what processor time that took: other work on the machine
   * does not count, its own collector does.
   */
  predict(texts: readonly string[]): Promise<{ readonly seconds: number; readonly spans: readonly Predicted[][] }>
  stop(): void
}

/** One that runs here, text by text. */
export function createLocal(name: string, loadMs: number, detect: (text: string) => readonly Predicted[]): Contestant {
  return {
    name,
    loadMs,
    async predict(texts) {
      const begun = process.cpuUsage()
      const spans = texts.map((text) => [...detect(text)])
      return { seconds: secondsSince(begun), spans }
    },
    stop: () => undefined,
  }
}

/** Of this process, user and system. */
export function secondsSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1e6
}
