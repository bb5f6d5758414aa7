import { hashPhrase } from '../../gazetteer/hash.ts'
import { WORD, WORDS, type WordClass } from './words.ts'

function compile(): ReadonlyMap<number, number> {
  const bits = new Map<number, number>()
  for (const name of Object.keys(WORD) as WordClass[]) {
    for (const word of WORDS[name].split(' ')) {
      const { a } = hashPhrase(word)
      bits.set(a, (bits.get(a) ?? 0) | WORD[name])
    }
  }
  return bits
}

/** Bits of `WORD` by the first hash of a lower-case word. */
export const LEXICON: ReadonlyMap<number, number> = compile()
