import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '@breakwater/kernel'
import type { LogSigner } from '@breakwater/kernel'
import type { CheckpointMemory } from './checkpoint-file.ts'
import type { TileStore } from './file-tiles.ts'
import { loadTree } from './load-tree.ts'
import { readRows } from './rows.ts'
import type { SequencerStore } from './sequencer-store.ts'
import { formatCheckpoint, openCheckpoint } from './verify/checkpoint.ts'
import type { Checkpoint } from './verify/checkpoint.ts'
import { isSameHash } from './verify/hash.ts'
import { createNoteKey, formatSignature } from './verify/note.ts'
import type { NoteKey } from './verify/note.ts'
import { isConsistencyProof, proveConsistency } from './verify/proof.ts'
import type { TreeHead } from './verify/proof.ts'
import { createRangeHash } from './verify/tiles.ts'
import type { Tile } from './verify/tree.ts'

const SLICE_ENTRIES = 64

export interface SequencerOptions {
  readonly store: SequencerStore
  readonly tiles: TileStore
  readonly signer: LogSigner
  /** Outside the database. */
  readonly lastCheckpoint: CheckpointMemory
}

export interface Sequencer {
  /**
   * Takes in what was committed since, and publishes a signed checkpoint over it: tiles durable, then the root's row,
   * then the signature, then the publication. Gives the present checkpoint; undefined while the log is empty.
   * After an error the sequencer is spent: open another.
   */
  integrate(): Promise<Checkpoint | undefined>
}

/**
 * Opens the log where it was left, after a crash at any step too. Throws `ledger.inconsistent` when database, tiles and
 * the last signed checkpoint do not tell one story (a restored backup, an edited row): such a log is not signed again.
 */
export async function openSequencer(options: SequencerOptions): Promise<Sequencer> {
  const { store, tiles, signer, lastCheckpoint } = options
  const key = createNoteKey(signer.name, signer.publicKey)
  const { tree, signed, decided, unpublished } = await loadTree({ store, tiles, key, lastCheckpoint })
  if (unpublished) await store.whileFenced(async () => tiles.publish(unpublished))
  let last = signed
  // What another sequencer left is not known; later only the edge of the step before can have been partial.
  let isFirst = true

  async function takeIn(count: number): Promise<readonly Tile[]> {
    const filled: Tile[] = []
    for await (const rows of readRows(store, tree.size(), count)) {
      const page: Tile[] = []
      for (const [at, bytes] of rows.entries()) {
        // Whoever shares the process does not wait for all of it.
        if (at % SLICE_ENTRIES === SLICE_ENTRIES - 1) await nextTurn()
        page.push(...tree.append(bytes))
        if (decided?.size === tree.size()) requireSameRoot(decided.root, tree.root())
      }
      filled.push(...page)
      // The last page's tiles are written with the partial ones: to make a file durable costs more than to fill it.
      if (tree.size() === count) page.push(...tree.partials())
      await tiles.write(page)
    }
    return filled
  }

  async function publish(head: Checkpoint): Promise<void> {
    const note = await signCheckpoint(head, signer, key)
    // Remembered before anyone can see it: a fork is refused even after a crash between the two.
    await lastCheckpoint.write(note)
    await requireNotAhead(tiles, key, head)
    await tiles.publish(note)
  }

  return {
    async integrate() {
      const count = await store.countEntries()
      if (count < tree.size()) throw inconsistent('the database holds fewer entries than were signed')
      if (count === (last?.size ?? 0)) return last
      const filled = await takeIn(count)
      const head: Checkpoint = { origin: signer.name, size: tree.size(), root: tree.root() }
      await requireContinuation(tiles, await readLast(lastCheckpoint, key), last, head)
      await store.decideHead(head)
      await store.whileFenced(async () => publish(head))
      await tiles.dropPartials((isFirst ? filled : keepFirstOfLevels(filled)).map(({ name }) => name))
      isFirst = false
      last = head
      return head
    },
  }
}

function keepFirstOfLevels(tiles: readonly Tile[]): readonly Tile[] {
  const seen = new Set<Tile['name']['level']>()
  return tiles.filter(({ name: { level } }) => !seen.has(level) && seen.add(level))
}

async function signCheckpoint(head: Checkpoint, signer: LogSigner, key: NoteKey): Promise<Uint8Array> {
  const text = formatCheckpoint(head)
  const signature = await signer.sign(Buffer.from(text))
  const note = Buffer.from(`${text}\n${formatSignature(key, signature)}`)
  openCheckpoint(note, key)
  return note
}

async function readLast(memory: CheckpointMemory, key: NoteKey): Promise<Checkpoint | undefined> {
  const note = await memory.read()
  return note && openCheckpoint(note, key)
}

/** The new tree begins with the last signed one: proven from the tiles as they are on disk, not from memory. */
async function requireContinuation(
  tiles: TileStore,
  remembered: Checkpoint | undefined,
  last: TreeHead | undefined,
  head: TreeHead,
): Promise<void> {
  if (remembered && (!last || remembered.size > head.size))
    throw inconsistent('another checkpoint was signed meanwhile')
  const isOne = remembered && last && remembered.size === last.size && isSameHash(remembered.root, last.root)
  for (const older of isOne ? [last] : [remembered, last]) {
    if (older === undefined || older.size === 0) continue
    const proof = await proveConsistency(createRangeHash(tiles, head.size), older.size, head.size)
    if (!isConsistencyProof(proof, older, head)) throw inconsistent('the tree does not continue the last signed one')
  }
}

async function requireNotAhead(tiles: TileStore, key: NoteKey, head: TreeHead): Promise<void> {
  const note = await tiles.read('checkpoint')
  if (note && openCheckpoint(note, key).size > head.size) throw inconsistent('a larger checkpoint is published already')
}

function requireSameRoot(decided: Uint8Array, root: Uint8Array): void {
  if (!isSameHash(decided, root)) throw inconsistent('the entries do not make the root on record')
}

function inconsistent(rule: string): AppError {
  return new AppError('ledger.inconsistent', { message: `sequencer: ${rule}` })
}
