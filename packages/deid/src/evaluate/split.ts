const PRIME = 0x01000193
const OFFSET = 0x811c9dc5

/**
 * Which part a text falls into, always the same: true for about `share` of all keys. FNV-1a, then mixed, so that keys
 * that differ in their last sign only part as well.
 */
export function fallsInto(key: string, share: number, seed = 0): boolean {
  let hash = (OFFSET ^ seed) >>> 0
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), PRIME) >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < share
}
