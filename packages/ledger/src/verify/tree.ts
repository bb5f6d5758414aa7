import { hashEmptyTree, hashLeaf, hashNode, hashSubtree } from './hash.ts'
import { TILE_WIDTH, hashCountAt } from './path.ts'
import type { TileName } from './path.ts'
import { formatBundle, readBundle, readTile, splitHashes } from './tiles.ts'
import type { TileReader } from './tiles.ts'

export interface Tile {
  readonly name: TileName
  readonly bytes: Uint8Array
}

/**
 * Grows a tree entry by entry and gives out its tiles. Holds the right edge only: at most 255 entries and 255 hashes
 * per level, whatever the size.
 */
export interface TreeBuilder {
  size(): number
  /** Adds one entry; gives the tiles and the bundle that it filled. */
  append(entry: Uint8Array): readonly Tile[]
  /** The partial tiles and the partial bundle of the present size. */
  partials(): readonly Tile[]
  /** RFC 6962 MTH of all entries so far. */
  root(): Uint8Array
}

/** What a builder starts from: size and right edge. */
export interface TreeEdge {
  readonly size: number
  /** Entries after the last full bundle. */
  readonly entries: readonly Uint8Array[]
  /** By level, the hashes after the last full tile. */
  readonly levels: readonly (readonly Uint8Array[])[]
}

const EMPTY: TreeEdge = { size: 0, entries: [], levels: [] }

export function createTreeBuilder(edge: TreeEdge = EMPTY): TreeBuilder {
  let size = edge.size
  let entries = [...edge.entries]
  const levels = edge.levels.map((hashes) => [...hashes])

  function carry(level: number, hash: Uint8Array, filled: Tile[]): void {
    const hashes = (levels[level] ??= [])
    hashes.push(hash)
    if (hashes.length < TILE_WIDTH) return
    const index = hashCountAt(level, size) / TILE_WIDTH - 1
    filled.push({ name: { level, index, width: TILE_WIDTH }, bytes: Buffer.concat(hashes) })
    levels[level] = []
    carry(level + 1, hashSubtree(hashes), filled)
  }

  return {
    size: () => size,
    append(entry) {
      size += 1
      entries.push(entry)
      const filled: Tile[] = []
      if (entries.length === TILE_WIDTH) {
        const name: TileName = { level: 'entries', index: size / TILE_WIDTH - 1, width: TILE_WIDTH }
        filled.push({ name, bytes: formatBundle(entries) })
        entries = []
      }
      carry(0, hashLeaf(entry), filled)
      return filled
    },
    partials() {
      const tiles: Tile[] = []
      const partial = (level: TileName['level'], count: number, width: number, bytes: Uint8Array): void => {
        if (width > 0) tiles.push({ name: { level, index: Math.floor(count / TILE_WIDTH), width }, bytes })
      }
      partial('entries', size, entries.length, formatBundle(entries))
      for (const [level, hashes] of levels.entries()) {
        partial(level, hashCountAt(level, size), hashes.length, Buffer.concat(hashes))
      }
      return tiles
    },
    root() {
      let root: Uint8Array | undefined
      // From the right: each level's hashes stand left of everything below.
      for (const hashes of levels) {
        for (const peak of findPeaks(hashes)) root = root === undefined ? peak : hashNode(peak, root)
      }
      return root ?? hashEmptyTree()
    },
  }
}

/** The perfect subtrees that a row of hashes makes, smallest (rightmost) first. */
function findPeaks(hashes: readonly Uint8Array[]): Uint8Array[] {
  const peaks: Uint8Array[] = []
  let end = hashes.length
  for (let width = 1; end > 0; width *= 2) {
    if (hashes.length % (width * 2) < width) continue
    peaks.push(hashSubtree(hashes.slice(end - width, end)))
    end -= width
  }
  return peaks
}

/** A builder that goes on from the tiles of a tree of that size. Throws `ledger.inconsistent` when one is missing. */
export async function restoreTree(reader: TileReader, size: number): Promise<TreeBuilder> {
  const levels: Uint8Array[][] = []
  for (let level = 0; hashCountAt(level, size) > 0; level += 1) {
    const [index, width] = edgeOf(hashCountAt(level, size))
    levels.push(width === 0 ? [] : splitHashes(await readTile(reader, { level, index, width })))
  }
  const [index, width] = edgeOf(size)
  const entries = width === 0 ? [] : await readBundle(reader, { level: 'entries', index, width })
  return createTreeBuilder({ size, entries, levels })
}

function edgeOf(count: number): readonly [index: number, width: number] {
  return [Math.floor(count / TILE_WIDTH), count % TILE_WIDTH]
}
