/** Two running 32-bit hashes: the first chooses a bucket, the second is the fingerprint kept in it. */
export interface PhraseHash {
  a: number
  b: number
}

export const HASH_SEED_A = 0x811c9dc5
export const HASH_SEED_B = 0x9747b28c

/** One step of FNV-1a (32 bit). */
export function stepA(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193)
}

/** One step of a multiplicative hash with another prime, so that both together behave like 64 bits. */
export function stepB(hash: number, code: number): number {
  return Math.imul(hash + code, 0x5bd1e995) ^ (hash >>> 15)
}

/** The finaliser of MurmurHash3 (public domain): spreads the last characters over all bits. */
export function spread(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * The unfinished hash of a word or phrase, as the tokens of a text make it: lower case, apostrophes and full stops left
 * out, one space between words.
 */
export function hashPhrase(phrase: string): PhraseHash {
  let a = HASH_SEED_A
  let b = HASH_SEED_B
  for (let i = 0; i < phrase.length; i++) {
    const code = phrase.charCodeAt(i)
    if (code === 39 || code === 46) continue
    a = stepA(a, code)
    b = stepB(b, code)
  }
  return { a, b }
}
