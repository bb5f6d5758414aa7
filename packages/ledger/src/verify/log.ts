import { AppError } from '@breakwater/kernel'
import { openCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import { decodeEntry } from './entry.ts'
import type { LedgerEntry } from './entry.ts'
import { hashEmptyTree, isSameHash } from './hash.ts'
import { parseVerifierKey } from './note.ts'
import type { NoteKey } from './note.ts'
import { HASH_BYTES, TILE_WIDTH, hashCountAt, parseTilePath, tilePath, tilesOf } from './path.ts'
import type { TileName } from './path.ts'
import { formatBundle, readBundle, readTile } from './tiles.ts'
import type { TileReader } from './tiles.ts'
import { createTreeBuilder } from './tree.ts'

/** Why a log was refused. Closed. */
export type LogProblem =
  | 'key-refused'
  | 'checkpoint-missing'
  | 'checkpoint-refused'
  | 'previous-refused'
  | 'log-shrank'
  | 'log-forked'
  | 'log-too-long'
  | 'tile-refused'
  | 'entry-refused'
  | 'root-differs'

export type LogVerdict =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly previousSize: number | undefined }
  | { readonly ok: false; readonly problem: LogProblem; readonly detail: string }

export interface VerifyLogOptions {
  readonly reader: TileReader
  /** The log's key in one line: `name+id+key`. */
  readonly vkey: string
  /** A checkpoint of this log seen earlier: the log must still begin with that tree. */
  readonly previousCheckpoint?: Uint8Array
  /** Refuses longer logs; 2^32 entries when left out. */
  readonly maxEntries?: number
  /** Called with each entry after its bundle was read, before the verdict. */
  readonly onEntry?: (index: number, entry: LedgerEntry) => void
}

class Refusal extends Error {
  readonly problem: LogProblem
  constructor(problem: LogProblem, detail: string) {
    super(detail)
    this.problem = problem
  }
}

/**
 * Checks a whole log without trusting any of its hashes: opens the checkpoint, reads every entry, hashes it, compares
 * every tile, and the root with the signed one (RFC 6962, c2sp.org/tlog-tiles). Never throws for what a log holds.
 */
export async function verifyLog(options: VerifyLogOptions): Promise<LogVerdict> {
  try {
    const key = guardSync('key-refused', () => parseVerifierKey(options.vkey))
    const checkpoint = await readCheckpoint(options.reader, key)
    if (checkpoint.size > (options.maxEntries ?? 2 ** 32))
      throw new Refusal('log-too-long', 'more entries than allowed')
    const previous = openPrevious(options.previousCheckpoint, key)
    if (previous && previous.size > checkpoint.size) {
      throw new Refusal('log-shrank', `${checkpoint.size} entries, seen before: ${previous.size}`)
    }
    await verifyTree(options, checkpoint, previous)
    await verifyLeftovers(options.reader, checkpoint.size)
    return { ok: true, checkpoint, previousSize: previous?.size }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem, detail: error.message }
    throw error
  }
}

async function readCheckpoint(reader: TileReader, key: NoteKey): Promise<Checkpoint> {
  const note = await guard('checkpoint-refused', reader.read('checkpoint'))
  if (!note) throw new Refusal('checkpoint-missing', 'the log has no checkpoint')
  return guardSync('checkpoint-refused', () => openCheckpoint(note, key))
}

function openPrevious(note: Uint8Array | undefined, key: NoteKey): Checkpoint | undefined {
  return note && guardSync('previous-refused', () => openCheckpoint(note, key))
}

async function verifyTree(
  { reader, onEntry }: VerifyLogOptions,
  checkpoint: Checkpoint,
  previous: Checkpoint | undefined,
): Promise<void> {
  const tree = createTreeBuilder()
  const checkPrevious = (): void => {
    if (previous?.size !== tree.size()) return
    if (!isSameHash(previous.root, tree.root())) throw new Refusal('log-forked', `another tree of ${previous.size}`)
  }
  checkPrevious()
  for (const bundle of tilesOf('entries', checkpoint.size)) {
    const entries = await guard('tile-refused', readBundle(reader, bundle))
    for (const bytes of entries) {
      const index = tree.size()
      const entry = guardSync('entry-refused', () => decodeEntry(bytes), `entry ${index}: `)
      onEntry?.(index, entry)
      for (const tile of tree.append(bytes)) await compareTile(reader, tile.name, tile.bytes)
      checkPrevious()
    }
  }
  for (const tile of tree.partials()) await compareTile(reader, tile.name, tile.bytes)
  const root = checkpoint.size === 0 ? hashEmptyTree() : tree.root()
  if (!isSameHash(root, checkpoint.root)) throw new Refusal('root-differs', 'the entries do not make the signed root')
}

async function compareTile(reader: TileReader, name: TileName, bytes: Uint8Array): Promise<void> {
  // A bundle was compared by hashing its entries.
  if (name.level === 'entries') return
  const stored = await guard('tile-refused', readTile(reader, name))
  if (!isSameHash(stored, bytes)) throw new Refusal('tile-refused', `${tilePath(name)} differs`)
}

/** Partial tiles of earlier checkpoints stay until the full one exists: each must be the beginning of today's tile. */
async function verifyLeftovers(reader: TileReader, size: number): Promise<void> {
  for (const path of (await reader.list?.()) ?? []) {
    const name = parseTilePath(path)
    if (!name || name.width === TILE_WIDTH) continue
    const count = name.level === 'entries' ? size : hashCountAt(name.level, size)
    const width = Math.min(TILE_WIDTH, count - name.index * TILE_WIDTH)
    // Wider than the tree: written for a checkpoint that is still to come.
    if (name.width >= width) continue
    const stored = await guard('tile-refused', reader.read(path))
    if (stored && !(await isBeginning(reader, { ...name, width }, name.width, stored))) {
      throw new Refusal('tile-refused', `${path} differs`)
    }
  }
}

async function isBeginning(reader: TileReader, today: TileName, width: number, stored: Uint8Array): Promise<boolean> {
  if (today.level !== 'entries') {
    const tile = await guard('tile-refused', readTile(reader, today))
    return isSameHash(stored, tile.subarray(0, width * HASH_BYTES))
  }
  const bundle = await guard('tile-refused', readBundle(reader, today))

  return isSameHash(stored, formatBundle(bundle.slice(0, width)))
}

async function guard<Value>(problem: LogProblem, work: Promise<Value>): Promise<Value> {
  return work.catch((error: unknown) => refuse(problem, error, ''))
}

function guardSync<Value>(problem: LogProblem, work: () => Value, prefix = ''): Value {
  try {
    return work()
  } catch (error) {
    return refuse(problem, error, prefix)
  }
}

function refuse(problem: LogProblem, error: unknown, prefix: string): never {
  if (error instanceof AppError) throw new Refusal(problem, prefix + error.message)
  throw error
}
