import { describe, expect, test } from 'vitest'
import { createMemoryReader, makeTiles } from '../testing.ts'
import { hashLeaf, isSameHash } from './hash.ts'
import { isConsistencyProof, isInclusionProof, proveConsistency, proveInclusion } from './proof.ts'
import { createRangeHash } from './tiles.ts'
import { createTreeBuilder, restoreTree } from './tree.ts'

const base64 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64')
const decimal = (number: number): Uint8Array => Buffer.from(String(number))

// The eight entries of the Certificate Transparency reference tests.
const EIGHT = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']

const DECIMAL_ROOTS = new Map([
  [256, 'goUV0DPBnYyQHzfsy4rtkZZncDSG+NL/8c9wQDIcXbE='],
  [257, 'HtoEmkNR2G92JSvX7At3Rq11t/oDFq1fVB29pFijEsQ='],
  [65_537, '3IeVol/UvVKguE9jn9MTm6FggkAj0YjkKOtdsPPOIho='],
  [70_000, 'Gkzfy2Y3SgwNy+9JrL1JdtE+6GT7PLJB/JQ8rQTwL34='],
])

// Built once: 70,000 entries with the tiles of every size that is asked for.
const tree = createTreeBuilder()
const roots = new Map<number, Uint8Array>()
for (let number = 0; number < 70_000; number += 1) {
  tree.append(decimal(number))
  if (DECIMAL_ROOTS.has(tree.size()) || tree.size() === 65_536) roots.set(tree.size(), tree.root())
}
const { files } = makeTiles(Array.from({ length: 70_000 }, (_, number) => decimal(number)))
const reader = createMemoryReader(files)

describe('the RFC 6962 tree', () => {
  test('of no entries is the SHA-256 of nothing', () => {
    expect(Buffer.from(createTreeBuilder().root()).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
  })

  test('of the eight reference entries has the reference root', () => {
    const { root } = makeTiles(EIGHT.map((hex) => Buffer.from(hex, 'hex')))
    expect(Buffer.from(root).toString('hex')).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
  })

  test.for([...DECIMAL_ROOTS])('of %i decimal entries has the root that Go finds', ([size, root]) => {
    expect(base64(roots.get(size))).toBe(root)
  })

  test('goes on from its tiles as if it had never stopped', async () => {
    const restored = await restoreTree(reader, 70_000)
    expect(isSameHash(restored.root(), tree.root())).toBe(true)
    const entry = decimal(70_000)
    const continued = createTreeBuilder()
    for (let number = 0; number <= 70_000; number += 1) continued.append(decimal(number))
    restored.append(entry)
    expect(base64(restored.root())).toBe(base64(continued.root()))
    expect(restored.partials()).toEqual(continued.partials())
  })
})

describe('the tiles (c2sp.org/tlog-tiles)', () => {
  const shapes = (paths: Iterable<string>, level: string): { full: number; partial: string[] } => {
    const mine = [...paths].filter((path) => path.startsWith(`tile/${level}/`))
    const isPartial = (path: string): boolean => path.includes('.p/')
    return { full: mine.filter((path) => !isPartial(path)).length, partial: mine.filter(isPartial) }
  }

  test('of 70,000 entries have the reference shape', () => {
    expect(shapes(files.keys(), '0')).toEqual({ full: 273, partial: ['tile/0/273.p/112'] })
    expect(shapes(files.keys(), '1')).toEqual({ full: 1, partial: ['tile/1/001.p/17'] })
    expect(shapes(files.keys(), '2')).toEqual({ full: 0, partial: ['tile/2/000.p/1'] })
    expect(shapes(files.keys(), 'entries')).toEqual({ full: 273, partial: ['tile/entries/273.p/112'] })
    expect(files.get('tile/0/000')).toHaveLength(8192)
  })

  test('of 256 entries are a full tile and a partial one above it', () => {
    const small = makeTiles(Array.from({ length: 256 }, (_, number) => decimal(number)))
    expect([...small.files.keys()].sort()).toEqual(['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000'])
  })
})

describe('proofs read from tiles', () => {
  test('inclusion of 12,345 in 70,000 is the reference proof', async () => {
    const proof = await proveInclusion(createRangeHash(reader, 70_000), 12_345, 70_000)
    expect([proof.length, base64(proof[0])]).toEqual([17, 'iDqSriSW8WdaWt9F7UdV/etOX4olEA8thxJ2r6gjHf8='])
    const claim = { index: 12_345, size: 70_000, leafHash: hashLeaf(decimal(12_345)), root: tree.root() }
    expect(isInclusionProof(proof, claim)).toBe(true)
  })

  test('consistency of 65,537 with 70,000 is the reference proof', async () => {
    const proof = await proveConsistency(createRangeHash(reader, 70_000), 65_537, 70_000)
    expect([proof.length, base64(proof.at(-1))]).toEqual([15, base64(roots.get(65_536))])
    const older = { size: 65_537, root: roots.get(65_537) ?? Buffer.alloc(0) }
    expect(isConsistencyProof(proof, older, { size: 70_000, root: tree.root() })).toBe(true)
  })
})
