import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'

/**
 * A text that passes in pieces: what comes out depends on the text alone and not on where the pieces were cut. One piece
 * at a time: the next one waits for the answer to the last.
 */
export interface TextStep {
  /** The part of the result that is settled by now. */
  push(text: string): Soon<string>
  /** The rest of it. */
  end(): Soon<string>
  /** The same as both at once, for a text that comes in one piece; left out where it spares nothing. */
  whole?(text: string): Soon<string>
}

/** What comes out of a text that is there as a whole. */
export function passWhole(step: TextStep, text: string): Soon<string> {
  if (step.whole) return step.whole(text)
  return whenThere(step.push(text), (settled) => whenThere(step.end(), (rest) => settled + rest))
}

export function chainSteps(first: TextStep, second: TextStep): TextStep {
  return {
    push: (text) => whenThere(first.push(text), (settled) => second.push(settled)),
    end: () =>
      whenThere(first.end(), (rest) =>
        whenThere(second.push(rest), (settled) => whenThere(second.end(), (last) => settled + last)),
      ),
    whole: (text) => whenThere(passWhole(first, text), (settled) => passWhole(second, settled)),
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
