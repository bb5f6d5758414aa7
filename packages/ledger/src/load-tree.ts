import { AppError } from '@breakwater/kernel'
import type { CheckpointMemory } from './checkpoint-file.ts'
import type { TileStore } from './file-tiles.ts'
import { readRows } from './rows.ts'
import type { SequencerStore } from './sequencer-store.ts'
import { openCheckpoint } from './verify/checkpoint.ts'
import type { Checkpoint } from './verify/checkpoint.ts'
import { isSameHash } from './verify/hash.ts'
import type { NoteKey } from './verify/note.ts'
import { TILE_WIDTH } from './verify/path.ts'
import { isConsistencyProof, proveConsistency } from './verify/proof.ts'
import type { TreeHead } from './verify/proof.ts'
import { createRangeHash, formatBundle, readBundle } from './verify/tiles.ts'
import { createTreeBuilder, restoreTree } from './verify/tree.ts'
import type { TreeBuilder } from './verify/tree.ts'

export interface LoadTreeOptions {
  readonly store: SequencerStore
  readonly tiles: TileStore
  readonly key: NoteKey
  readonly lastCheckpoint: CheckpointMemory
}

export interface LoadedTree {
  /** At the size of the last signed checkpoint. */
  readonly tree: TreeBuilder
  readonly signed: Checkpoint | undefined
  /** The largest root on record; its size may be ahead of the signed one, after a crash between the two. */
  readonly decided: TreeHead | undefined
  /** The signed checkpoint, when a crash came before its publication. */
  readonly unpublished: Uint8Array | undefined
}

/**
 * The tree of the last signed checkpoint: from its tiles, or from the rows when tiles are missing or damaged. Throws
 * `ledger.inconsistent` when database, tiles and signed checkpoint contradict each other.
 */
export async function loadTree({ store, tiles, key, lastCheckpoint }: LoadTreeOptions): Promise<LoadedTree> {
  const open = (note: Uint8Array | undefined): Checkpoint | undefined => note && openCheckpoint(note, key)
  const memory = await lastCheckpoint.read()
  const remembered = open(memory)
  const published = open(await tiles.read('checkpoint'))
  const signed = larger(remembered, published)
  const decided = await store.latestHead()
  const count = await store.countEntries()
  if (decided && decided.size > count) throw inconsistent('the database holds fewer entries than it has a root for')
  if (!signed) return { tree: createTreeBuilder(), signed, decided, unpublished: undefined }
  // The root's row is committed before the signature: a database without it has come back from a backup.
  if (!decided || decided.size < signed.size)
    throw inconsistent('the database is older than the last signed checkpoint')
  if (decided.size === signed.size && !isSameHash(decided.root, signed.root)) {
    throw inconsistent('the database has another root for the size that was signed')
  }
  const tree = (await restoreSigned(tiles, signed)) ?? (await rebuildTiles(store, tiles, signed))
  await requireSameTail(store, tiles, signed.size)
  const older = remembered === signed ? published : remembered
  if (older) await requireBeginning(tiles, older, signed)
  const isPublished = published?.size === signed.size
  return { tree, signed, decided, unpublished: isPublished ? undefined : memory }
}

function larger(a: Checkpoint | undefined, b: Checkpoint | undefined): Checkpoint | undefined {
  if (!a || !b) return a ?? b
  return b.size > a.size ? b : a
}

/** Undefined when a tile on the right edge is missing or damaged. */
async function restoreSigned(tiles: TileStore, signed: TreeHead): Promise<TreeBuilder | undefined> {
  const tree = await restoreTree(tiles, signed.size).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'ledger.inconsistent') return undefined
    throw error
  })
  return tree && isSameHash(tree.root(), signed.root) ? tree : undefined
}

/** Writes all tiles again, byte for byte, but not before the rows are known to make the signed root. */
async function rebuildTiles(store: SequencerStore, tiles: TileStore, signed: TreeHead): Promise<TreeBuilder> {
  const trial = createTreeBuilder()
  for await (const rows of readRows(store, 0, signed.size)) for (const bytes of rows) trial.append(bytes)
  if (!isSameHash(trial.root(), signed.root)) throw inconsistent('the entries do not make the signed root')
  const tree = createTreeBuilder()
  for await (const rows of readRows(store, 0, signed.size)) {
    await tiles.write(rows.flatMap((bytes) => tree.append(bytes)))
  }
  await tiles.write(tree.partials())
  return tree
}

/** A database that was restored and written to again differs in the last entries, whatever their number. */
async function requireSameTail(store: SequencerStore, tiles: TileStore, size: number): Promise<void> {
  if (size === 0) return
  const index = Math.floor((size - 1) / TILE_WIDTH)
  const from = index * TILE_WIDTH
  const bundle = formatBundle(await readBundle(tiles, { level: 'entries', index, width: size - from }))
  const rows: Uint8Array[] = []
  for await (const page of readRows(store, from, size)) rows.push(...page)
  if (!isSameHash(bundle, formatBundle(rows))) throw inconsistent('the database holds other entries than were signed')
}

async function requireBeginning(tiles: TileStore, older: TreeHead, newer: TreeHead): Promise<void> {
  if (older.size === 0) return
  const proof = await proveConsistency(createRangeHash(tiles, newer.size), older.size, newer.size)
  if (!isConsistencyProof(proof, older, newer)) throw inconsistent('two signed checkpoints contradict each other')
}

function inconsistent(rule: string): AppError {
  return new AppError('ledger.inconsistent', { message: `sequencer: ${rule}` })
}
