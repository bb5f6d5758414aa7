import { AppError } from '@breakwater/kernel'
import { spread } from './hash.ts'

/** What the lists say of a word or phrase; a word may have several. */
export const LISTED = {
  first: 1,
  surname: 2,
  city: 4,
  county: 8,
  hospital: 16,
  /** Common English and clinical words: a name among them needs a second witness. */
  safe: 32,
  /** The beginning of a longer place or hospital name. */
  prefix: 64,
  /** A name that two independent lists hold. */
  agreed: 128,
} as const

/** `BWG1` in ASCII, big-endian. */
export const GAZETTEER_MAGIC = 0x42574731
export const GAZETTEER_BUCKETS = 65_536
const HEADER_WORDS = 2

export interface Gazetteer {
  /** Flags of `LISTED` for a phrase whose unfinished hashes are given, 0 when it is in no list. */
  lookup(a: number, b: number): number
  readonly entries: number
}

/**
 * Opens packed dictionaries: little-endian words of 32 bits: magic, entry count, bucket offsets (65,537), then entries
 * of 24 bits fingerprint and 8 bits flags. A word that is in no list is taken for one with a probability of about
 * entries / 2^40 (4 in 10 million): lists are evidence, so such a hit alone decides nothing.
 * Throws `detector.unavailable` when the bytes are not such a file.
 */
export function openGazetteer(bytes: Uint8Array): Gazetteer {
  const broken = new AppError('detector.unavailable', { message: 'The packed dictionaries are damaged.' })
  if (bytes.byteLength < 4 * (HEADER_WORDS + GAZETTEER_BUCKETS + 1) || bytes.byteLength % 4 !== 0) throw broken
  // Copied, so that the view is aligned and nobody changes it later.
  const words = new Uint32Array(new Uint8Array(bytes).buffer)
  const entries = words[1] ?? 0
  const first = HEADER_WORDS + GAZETTEER_BUCKETS + 1
  if (words[0] !== GAZETTEER_MAGIC || words.length !== first + entries) throw broken
  return {
    entries,
    lookup(a, b) {
      const bucket = HEADER_WORDS + (spread(a) >>> 16)
      const end = first + (words[bucket + 1] ?? 0)
      const fingerprint = spread(b) >>> 8
      for (let i = first + (words[bucket] ?? 0); i < end; i++) {
        const entry = words[i] ?? 0
        if (entry >>> 8 === fingerprint) return entry & 0xff
      }
      return 0
    },
  }
}
