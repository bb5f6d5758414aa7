import { hashNode, isSameHash, splitPoint } from './hash.ts'
import type { RangeHash } from './tiles.ts'

export type Proof = readonly Uint8Array[]

const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** That entry `index` is in the tree of `size` entries: RFC 6962 section 2.1.1. Throws RangeError outside the tree. */
export async function proveInclusion(rangeHash: RangeHash, index: number, size: number): Promise<Proof> {
  if (!isIndex(index) || !isIndex(size) || index >= size) throw new RangeError('index is not in the tree')
  const proof: Uint8Array[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + splitPoint(to - from)
    if (index < middle) {
      proof.unshift(await rangeHash(middle, to))
      to = middle
    } else {
      proof.unshift(await rangeHash(from, middle))
      from = middle
    }
  }
  return proof
}

/** That the tree of `size` begins with the one of `oldSize`: RFC 6962 section 2.1.2. Both at least 1. */
export async function proveConsistency(rangeHash: RangeHash, oldSize: number, size: number): Promise<Proof> {
  if (!isIndex(oldSize) || !isIndex(size) || oldSize < 1 || oldSize > size) throw new RangeError('sizes out of order')
  const proof: Uint8Array[] = []
  let [from, to] = [0, size]
  while (oldSize < to) {
    const middle = from + splitPoint(to - from)
    if (oldSize <= middle) {
      proof.unshift(await rangeHash(middle, to))
      to = middle
    } else {
      proof.unshift(await rangeHash(from, middle))
      from = middle
    }
  }
  return from === 0 ? proof : [await rangeHash(from, to), ...proof]
}

/** RFC 9162 section 2.1.3.2. */
export function isInclusionProof(
  proof: Proof,
  claim: { readonly index: number; readonly size: number; readonly leafHash: Uint8Array; readonly root: Uint8Array },
): boolean {
  if (!isIndex(claim.index) || !isIndex(claim.size) || claim.index >= claim.size) return false
  let [at, last] = [claim.index, claim.size - 1]
  let hash = claim.leafHash
  for (const sibling of proof) {
    if (last === 0) return false
    if (isOdd(at) || at === last) {
      hash = hashNode(sibling, hash)
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)]
    } else {
      hash = hashNode(hash, sibling)
    }
    at = half(at)
    last = half(last)
  }
  return last === 0 && isSameHash(hash, claim.root)
}

export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

/** RFC 9162 section 2.1.4.2; an equal size needs an equal root and an empty proof. */
export function isConsistencyProof(proof: Proof, older: TreeHead, newer: TreeHead): boolean {
  if (!isIndex(older.size) || !isIndex(newer.size) || older.size < 1 || older.size > newer.size) return false
  if (older.size === newer.size) return proof.length === 0 && isSameHash(older.root, newer.root)
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : proof
  const [first, ...rest] = path
  if (first === undefined) return false
  let [at, last] = [older.size - 1, newer.size - 1]
  while (isOdd(at)) [at, last] = [half(at), half(last)]
  let [oldHash, newHash] = [first, first]
  for (const sibling of rest) {
    if (last === 0) return false
    if (isOdd(at) || at === last) {
      oldHash = hashNode(sibling, oldHash)
      newHash = hashNode(sibling, newHash)
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)]
    } else {
      newHash = hashNode(newHash, sibling)
    }
    at = half(at)
    last = half(last)
  }
  return last === 0 && isSameHash(oldHash, older.root) && isSameHash(newHash, newer.root)
}

// Shifts work on 32 bits only; sizes may go to 2^53.
const half = (value: number): number => Math.floor(value / 2)
const isOdd = (value: number): boolean => value % 2 === 1
const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value))
