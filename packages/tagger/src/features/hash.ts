const OFFSET_BASIS = 0x811c9dc5
const PRIME = 0x01000193

/** The seed of a column: FNV-1a of its prefix, so that equal strings in two columns get unrelated rows. */
export function seedOf(prefix: string): number {
  return fnv1a(prefix, 0, prefix.length, OFFSET_BASIS)
}

/** FNV-1a (32 bit) over the UTF-16 units `[from, to)` of a string, going on from `seed`. */
export function fnv1a(text: string, from: number, to: number, seed: number): number {
  let hash = seed
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME)
  return hash
}

/** A row of 1 to size - 1: row 0 of every hashed column means "nothing there". */
export function rowOf(hash: number, size: number): number {
  return 1 + ((hash >>> 0) % (size - 1))
}
