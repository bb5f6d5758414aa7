import { GAZETTEER_BUCKETS, GAZETTEER_MAGIC } from './gazetteer.ts'
import { hashPhrase, spread } from './hash.ts'

/** Packs phrases (lower case, one space between words) with their flags into the bytes that `openGazetteer` reads. */
export function packGazetteer(phrases: ReadonlyMap<string, number>): Uint8Array {
  const buckets = Array.from({ length: GAZETTEER_BUCKETS }, (): Map<number, number> => new Map())
  for (const [phrase, flags] of phrases) {
    const { a, b } = hashPhrase(phrase)
    const bucket = buckets[spread(a) >>> 16]
    const fingerprint = spread(b) >>> 8
    bucket?.set(fingerprint, (bucket.get(fingerprint) ?? 0) | flags)
  }
  const offsets: number[] = [0]
  const entries: number[] = []
  for (const bucket of buckets) {
    for (const [fingerprint, flags] of [...bucket].toSorted(([x], [y]) => x - y)) {
      entries.push(((fingerprint << 8) | flags) >>> 0)
    }
    offsets.push(entries.length)
  }
  return new Uint8Array(Uint32Array.from([GAZETTEER_MAGIC, entries.length, ...offsets, ...entries]).buffer)
}
