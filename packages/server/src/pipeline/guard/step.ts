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
  /** Tokens put back, by class in lower case. */
  readonly restored: Map<string, number>
  /** Tokens of this request that stayed tokens, by class: not for this caller, or where a program would send them on. */
  readonly withheld: Map<string, number>
  /** Text in the shape of a token that is none of this request's. */
  unknown: number
  /** Tokens of this request that the model cut short or altered. */
  mangled: number
  /** Links to elsewhere that became text. */
  links: number
  /** By class, in lower case. */
  readonly removed: Map<string, number>
}

export function createTally(): GuardTally {
  return { restored: new Map(), withheld: new Map(), unknown: 0, mangled: 0, links: 0, removed: new Map() }
}
