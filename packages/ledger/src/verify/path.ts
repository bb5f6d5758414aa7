/** Hashes or entries in a full tile (c2sp.org/tlog-tiles). */
export const TILE_WIDTH = 256
export const HASH_BYTES = 32

/** A tile of hashes by level, or a bundle of entries; width 1 to 256. */
export interface TileName {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** The path of a tile or bundle under the log's root (c2sp.org/tlog-tiles): `tile/<L>/<N>[.p/<W>]`. */
export function tilePath({ level, index, width }: TileName): string {
  let path = String(index % 1000).padStart(3, '0')
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  }
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

/** The inverse of `tilePath`; undefined for any other path. */
export function parseTilePath(path: string): TileName | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path)
  const [, level, groups, partial] = match ?? []
  if (level === undefined || groups === undefined) return undefined
  const name: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  }
  return tilePath(name) === path && Number.isSafeInteger(name.index) ? name : undefined
}

/** How many hashes of a level a tree of that size has: floor(size / 256^level). */
export function hashCountAt(level: number, sizeEntries: number): number {
  return Math.floor(sizeEntries / TILE_WIDTH ** level)
}

/** The tiles (or bundles) of one level that a tree of that size has, full ones first, then the partial one. */
export function* tilesOf(level: number | 'entries', sizeEntries: number): Generator<TileName> {
  const hashes = level === 'entries' ? sizeEntries : hashCountAt(level, sizeEntries)
  for (let index = 0; index * TILE_WIDTH < hashes; index += 1) {
    yield { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) }
  }
}
