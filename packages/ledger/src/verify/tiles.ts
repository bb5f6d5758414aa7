import { AppError } from '@breakwater/kernel'
import { hashNode, hashSubtree, splitPoint } from './hash.ts'
import { HASH_BYTES, TILE_WIDTH, hashCountAt, tilePath } from './path.ts'
import type { TileName } from './path.ts'

/** Where the files of a log are: a folder, a web server, memory. */
export interface TileReader {
  /** The bytes of a file, by its path under the log's root; undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>
  /** Every file under `tile/`; left out where files cannot be listed. */
  list?(): Promise<readonly string[]>
}

const inconsistent = (rule: string): AppError => new AppError('ledger.inconsistent', { message: `log: ${rule}` })

/**
 * A tile as that tree has it. A partial tile may be replaced by a wider one of the same index (c2sp.org/tlog-tiles): the
 * full one is read then, and cut. Throws `ledger.inconsistent` when it is missing or has another length.
 */
export async function readTile(reader: TileReader, name: TileName): Promise<Uint8Array> {
  const path = tilePath(name)
  const exact = await reader.read(path)
  const bytes = exact ?? (await reader.read(tilePath({ ...name, width: TILE_WIDTH })))
  if (!bytes) throw inconsistent(`${path} is missing`)
  const width = exact ? name.width : TILE_WIDTH
  if (bytes.length !== width * HASH_BYTES) throw inconsistent(`${path} has another length`)
  return bytes.subarray(0, name.width * HASH_BYTES)
}

/** The entries of a bundle, exactly `width` of them (a full bundle may stand for a partial one, as in `readTile`). */
export async function readBundle(reader: TileReader, name: TileName): Promise<readonly Uint8Array[]> {
  const path = tilePath(name)
  const exact = await reader.read(path)
  const bytes = exact ?? (await reader.read(tilePath({ ...name, width: TILE_WIDTH })))
  if (!bytes) throw inconsistent(`${path} is missing`)
  const entries = parseBundle(bytes)
  if (entries?.length !== (exact ? name.width : TILE_WIDTH)) throw inconsistent(`${path} has another length`)
  return entries.slice(0, name.width)
}

/** Splits a bundle: each entry is a big-endian uint16 length and its bytes. Undefined when it does not add up. */
function parseBundle(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return undefined
    const end = at + 2 + view.getUint16(at)
    if (end > bytes.length) return undefined
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}

export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.alloc(entries.reduce((total, entry) => total + 2 + entry.length, 0))
  let at = 0
  for (const entry of entries) {
    at = bytes.writeUInt16BE(entry.length, at)
    bytes.set(entry, at)
    at += entry.length
  }
  return bytes
}

export function splitHashes(tile: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = []
  for (let at = 0; at < tile.length; at += HASH_BYTES) hashes.push(tile.subarray(at, at + HASH_BYTES))
  return hashes
}

/** The root over entries `from` to `to` of a tree, read from its tiles (RFC 6962 MTH(D[from:to])). */
export type RangeHash = (from: number, to: number) => Promise<Uint8Array>

/**
 * Hashes of ranges that start at a multiple of the power of two that holds them, as proofs need them. A proof asks one
 * tile for many of them: of each level the last tile is kept.
 */
export function createRangeHash(reader: TileReader, sizeEntries: number): RangeHash {
  const last = new Map<number, { readonly index: number; readonly hashes: readonly Uint8Array[] }>()
  async function readHashes(level: number, index: number, width: number): Promise<readonly Uint8Array[]> {
    const before = last.get(level)
    if (before?.index === index) return before.hashes
    const hashes = splitHashes(await readTile(reader, { level, index, width }))
    last.set(level, { index, hashes })
    return hashes
  }
  const rangeHash: RangeHash = async (from, to) => {
    const length = to - from
    const height = Math.log2(length)
    if (!Number.isInteger(height)) {
      const middle = from + splitPoint(length)
      return hashNode(await rangeHash(from, middle), await rangeHash(middle, to))
    }
    const level = Math.floor(height / 8)
    const first = from / TILE_WIDTH ** level
    const index = Math.floor(first / TILE_WIDTH)
    const width = Math.min(TILE_WIDTH, hashCountAt(level, sizeEntries) - index * TILE_WIDTH)
    if (width <= 0) throw inconsistent('a hash beyond the end of the tree')
    const hashes = await readHashes(level, index, width)
    const start = first % TILE_WIDTH
    return hashSubtree(hashes.slice(start, start + 2 ** (height % 8)))
  }
  return rangeHash
}
