/** FNV-1a, 32 bits, over the UTF-16 units from `start` to `end`. */
export function hashCodes(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

/** Makes one hash of three, with the finaliser of MurmurHash3 (public domain), so that its low bits are good. */
export function mix(a: number, b: number, c: number): number {
  let hash = Math.imul(a ^ 0x3c6ef372, 0x85ebca6b)
  hash = Math.imul((hash ^ (hash >>> 13)) + b, 0xc2b2ae35)
  hash = Math.imul((hash ^ (hash >>> 16)) + c, 0x27d4eb2f)
  return (hash ^ (hash >>> 15)) >>> 0
}
