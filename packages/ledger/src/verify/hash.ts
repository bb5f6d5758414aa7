import { hash } from 'node:crypto'

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => hash('sha256', Buffer.concat(parts), 'buffer')

/** RFC 6962 section 2.1: SHA-256(0x00 || entry). */
export function hashLeaf(entry: Uint8Array): Uint8Array {
  return sha256(LEAF, entry)
}

/** RFC 6962 section 2.1: SHA-256(0x01 || left || right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right)
}

/** The root of a tree without entries: SHA-256 of nothing. */
export function hashEmptyTree(): Uint8Array {
  return sha256()
}

/** The largest power of two that is smaller than `size`: where RFC 6962 splits a tree of two or more. */
export function splitPoint(size: number): number {
  let k = 1
  while (k * 2 < size) k *= 2
  return k
}

/** The root over hashes of neighbouring subtrees of one height (RFC 6962 section 2.1); at least one. */
export function hashSubtree(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes
  const [only] = level
  if (only === undefined) return hashEmptyTree()
  // Pairing from the left and carrying an odd last one up gives the same tree as splitting at powers of two.
  while (level.length > 1) {
    const next: Uint8Array[] = []
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]]
      if (left === undefined) break
      next.push(right === undefined ? left : hashNode(left, right))
    }
    level = next
  }
  return level[0] ?? only
}

/** Compares hashes, which are public: not in constant time. */
export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
