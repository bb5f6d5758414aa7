/** Counts of one hour and one principal from which somebody is told. */
export const THRESHOLDS = {
  /**
   * Prompts that differ in a slot: a name, a number, a date. People who work through a list ask a few dozen an hour; who
   * extracts what a model or an index knows asks hundreds.
   */
  near: 100,
  /** Answers to one and the same prompt, `n` of each request counted: retries are a handful, sampling is a hundred. */
  sampling: 100,
  /** Requests, as a multiple of the mean of the principal's own hours of work within the last fourteen days. */
  volumeTimes: 5,
  /** Below this, no volume is unusual. */
  volumeLeast: 200,
  /** Hours of work that must be known before there is a mean. */
  volumeHours: 24,
} as const

/** A fingerprint that was not seen so often on one replica is not told to the others. */
export const SHARED_FROM = 5
