import { generateKeyPairSync, sign } from 'node:crypto'
import type { LogSigner } from '@breakwater/kernel'
import { completeEntry } from './entry.ts'
import type { EntryDraft } from './entry.ts'
import type { SequencerStore } from './sequencer-store.ts'
import { encodeEntry } from './verify/entry.ts'
import { isSameHash } from './verify/hash.ts'
import { tilePath } from './verify/path.ts'
import type { TreeHead } from './verify/proof.ts'
import type { TileReader } from './verify/tiles.ts'
import { createTreeBuilder } from './verify/tree.ts'

/** Parts for this package's tests; not exported by the package. */
export function createTestSigner(name = 'example.org/log'): LogSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return { name, publicKey: Buffer.from(x, 'base64url'), sign: async (message) => sign(null, message, privateKey) }
}

/** An entry that differs from others by a count. */
export function makeEntryBytes(number: number, draft: Partial<EntryDraft> = {}): Uint8Array {
  const time = { wall: '2026-01-02T03:04:05.678Z', monotonicNs: String(number) }
  return encodeEntry(completeEntry({ tenant: 'acme', kind: 'preview.made', ...draft }, time))
}

/** The files of a tree, by path. */
export function makeTiles(entries: Iterable<Uint8Array>): { root: Uint8Array; files: Map<string, Uint8Array> } {
  const tree = createTreeBuilder()
  const files = new Map<string, Uint8Array>()
  for (const entry of entries) for (const { name, bytes } of tree.append(entry)) files.set(tilePath(name), bytes)
  for (const { name, bytes } of tree.partials()) files.set(tilePath(name), bytes)
  return { root: tree.root(), files }
}

export function createMemoryReader(files: ReadonlyMap<string, Uint8Array>): TileReader {
  return { read: async (path) => files.get(path), list: async () => [...files.keys()] }
}

/** Rows and roots in memory, without a fence. */
export function createMemoryStore(rows: Uint8Array[], heads: TreeHead[]): SequencerStore {
  return {
    countEntries: async () => rows.length,
    readEntries: async (from, limit) =>
      rows.slice(from, from + limit).map((bytes, offset) => ({ index: from + offset, bytes })),
    latestHead: async () => heads.at(-1),
    async decideHead(head) {
      const known = heads.find(({ size }) => size === head.size)
      if (known && !isSameHash(known.root, head.root)) throw new Error('two roots for one size')
      if (!known) heads.push(head)
    },
    whileFenced: async (work) => work(),
  }
}
