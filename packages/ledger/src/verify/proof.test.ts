import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMemoryReader, makeTiles } from '../testing.ts'
import { hashLeaf, hashNode, hashEmptyTree, splitPoint } from './hash.ts'
import { isConsistencyProof, isInclusionProof, proveConsistency, proveInclusion } from './proof.ts'
import type { Proof, TreeHead } from './proof.ts'
import { createRangeHash } from './tiles.ts'

const MAX_SIZE = 700
const entries = Array.from({ length: MAX_SIZE }, (_, number) => Buffer.from(`entry ${number}`))

/** RFC 6962 section 2.1, as it is written: the judge of the tree that grows. */
function rootOf(part: readonly Uint8Array[]): Uint8Array {
  const [first] = part
  if (!first) return hashEmptyTree()
  if (part.length === 1) return hashLeaf(first)
  const k = splitPoint(part.length)
  return hashNode(rootOf(part.slice(0, k)), rootOf(part.slice(k)))
}

const heads = Array.from(
  { length: MAX_SIZE + 1 },
  (_, size): TreeHead => ({ size, root: rootOf(entries.slice(0, size)) }),
)
const headOf = (size: number): TreeHead => heads[size] ?? { size: -1, root: Buffer.alloc(0) }
const rangeHashOf = (size: number): ReturnType<typeof createRangeHash> =>
  createRangeHash(createMemoryReader(makeTiles(entries.slice(0, size)).files), size)

const sizes = fc.integer({ min: 1, max: MAX_SIZE })
const orderedSizes = fc.tuple(sizes, sizes).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)

function flipBit(proof: Proof, bit: number): Proof {
  const flat = Buffer.concat(proof)
  const at = bit % (flat.length * 8)
  flat[at >> 3] = (flat[at >> 3] ?? 0) ^ (1 << (at & 7))
  return proof.map((_, i) => flat.subarray(i * 32, i * 32 + 32))
}

describe('proofs', () => {
  test('the tree that grows has the root of the definition, at every size', () => {
    for (const { size, root } of heads) expect(makeTiles(entries.slice(0, size)).root).toEqual(root)
  })

  test('inclusion holds for the entry at its index, and for nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(orderedSizes, fc.nat(), async ([upTo, size], bit) => {
        const index = upTo - 1
        const proof = await proveInclusion(rangeHashOf(size), index, size)
        const claim = { index, size, leafHash: hashLeaf(entries[index] ?? Buffer.alloc(0)), root: headOf(size).root }
        expect(isInclusionProof(proof, claim)).toBe(true)
        expect(isInclusionProof(proof, { ...claim, leafHash: hashLeaf(Buffer.from('another')) })).toBe(false)
        expect(isInclusionProof([...proof, claim.root], claim)).toBe(false)
        expect(isInclusionProof(proof, { ...claim, index: size })).toBe(false)
        if (size === 1) return
        expect(isInclusionProof(proof, { ...claim, index: (index + 1) % size })).toBe(false)
        expect(isInclusionProof(proof.slice(1), claim)).toBe(false)
        expect(isInclusionProof(flipBit(proof, bit), claim)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  test('consistency holds for the tree that was, and for no other', async () => {
    await fc.assert(
      fc.asyncProperty(orderedSizes, fc.nat(), async ([oldSize, size], bit) => {
        const proof = await proveConsistency(rangeHashOf(size), oldSize, size)
        const [older, newer] = [headOf(oldSize), headOf(size)]
        const forged = { size: oldSize, root: hashLeaf(Buffer.from('another')) }
        expect(isConsistencyProof(proof, older, newer)).toBe(true)
        expect(isConsistencyProof(proof, forged, newer)).toBe(false)
        expect(isConsistencyProof(proof, older, { ...newer, root: forged.root })).toBe(false)
        expect(isConsistencyProof([...proof, newer.root], older, newer)).toBe(false)
        if (oldSize === size) return
        expect(isConsistencyProof(proof, newer, older)).toBe(false)
        expect(isConsistencyProof(flipBit(proof, bit), older, newer)).toBe(false)
        expect(isConsistencyProof(proof.slice(1), older, newer)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  test.for([
    [-1, 5],
    [5, 5],
    [0.5, 5],
    [0, 0],
  ])('index %f of a tree of %i has no proof', async ([index = 0, size = 0]) => {
    await expect(proveInclusion(rangeHashOf(MAX_SIZE), index, size)).rejects.toThrow(RangeError)
  })
})
