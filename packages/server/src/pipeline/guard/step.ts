/** A text that passes in pieces: what comes out depends on the text alone and not on where the pieces were cut. */
export interface TextStep {
  /** The part of the result that is settled by now. */
  push(text: string): string
  /** The rest of it. */
  end(): string
}

export function chainSteps(first: TextStep, second: TextStep): TextStep {
  return {
    push: (text) => second.push(first.push(text)),
    end: () => second.push(first.end()) + second.end(),
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
