import type { Readable, Writable } from 'node:stream'

/** What the program can reach: given in by main.ts, so that nothing else reads the process. */
export interface Terminal {
  readonly stdin: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly environment: Readonly<Record<string, string | undefined>>
  /**
   * Runs `clean` (synchronous) when a signal ends the program before the returned function was called: for what must
   * not be left lying about.
   */
  readonly onKilled: (clean: () => void) => () => void
  /** Resolves when the program is told to stop: for what runs until then. Told again, it ends at once. */
  readonly untilStopped: () => Promise<void>
}

/** The call was not understood: exit code 2. The message names options and rules, no content. */
export class UsageError extends Error {}

/** The work was understood and not done; something else already told why: exit code 1. */
export class FailedError extends Error {}
