/** What a model is made to say, whatever dialect it then says it in. */
export interface ModelScript {
  readonly blocks: readonly ModelBlock[]
  readonly stop: ModelStop
  /** Tokens. */
  readonly usage: { readonly read: number; readonly written: number }
}

export type ModelBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | {
      readonly kind: 'call'
      readonly id: string
      readonly name: string
      readonly input: Readonly<Record<string, unknown>>
    }

export type ModelStop = 'end' | 'length' | 'call' | 'filtered'

/** Cuts a text into pieces at places that a seed chooses; an empty text is no piece. */
export type Cut = (text: string) => string[]

/** The same cuts for the same seed. Never between the halves of a character: JSON of a service is well-formed. */
export function createCut(seed: number, maxChars = 12): Cut {
  const random = createRandom(seed)
  return (text) => {
    const chars = Array.from(text)
    const pieces: string[] = []
    for (let at = 0; at < chars.length; ) {
      const length = 1 + random(maxChars)
      pieces.push(chars.slice(at, at + length).join(''))
      at += length
    }
    return pieces
  }
}

/** Cuts bytes anywhere, characters included. */
export function cutBytes(bytes: Uint8Array, seed: number, maxBytes = 40): Uint8Array[] {
  const random = createRandom(seed)
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random(maxBytes)
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}

/** A linear congruential generator (Numerical Recipes): whole numbers below a bound. */
function createRandom(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}
