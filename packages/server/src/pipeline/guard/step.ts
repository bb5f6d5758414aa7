/**
 * A text that passes in pieces: what comes out depends on the text alone and not on where the pieces were cut. One piece
 * at a time: the next one waits for the answer to the last.
 */
export interface TextStep {
  /** The part of the result that is settled by now. */
  push(text: string): Promise<string>
  /** The rest of it. */
  end(): Promise<string>
}

export function chainSteps(first: TextStep, second: TextStep): TextStep {
  return {
    push: async (text) => second.push(await first.push(text)),
    end: async () => (await second.push(await first.end())) + (await second.end()),
  }
}

/** What the guard of one answer did. */
export interface GuardTally {
  restored: number
  /** Token-shaped text that is not a token of this request, or one its caller may not see behind. */
  unknown: number
  /** By class, in lower case. */
  readonly removed: Map<string, number>
}

export function createTally(): GuardTally {
  return { restored: 0, unknown: 0, removed: new Map() }
}
