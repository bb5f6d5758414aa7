import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeDir, replaceFile, syncDirs } from './durable-file.ts'
import { createFileReader } from './verify/file-reader.ts'
import { tilePath } from './verify/path.ts'
import type { TileName } from './verify/path.ts'
import type { TileReader } from './verify/tiles.ts'
import type { Tile } from './verify/tree.ts'

/** The published log. Nothing is durable before its promise resolves. */
export interface TileStore extends TileReader {
  write(tiles: readonly Tile[]): Promise<void>
  /** Puts the signed checkpoint in place, in one step. */
  publish(note: Uint8Array): Promise<void>
  /** Drops the partial tiles that these full ones stand for. */
  dropPartials(full: readonly TileName[]): Promise<void>
}

/** A log in a folder, as a static web server could serve it: files 0600, folders 0700. One writer at a time. */
export function createFileTiles(dir: string): TileStore {
  const tempDir = join(dir, 'draft')
  return {
    ...createFileReader(dir),
    async write(tiles) {
      if (tiles.length === 0) return
      const files = tiles.map(({ name, bytes }) => ({ path: join(dir, tilePath(name)), bytes }))
      const dirs = new Set(files.map(({ path }) => dirname(path)))
      const parents = await Promise.all(Array.from([tempDir, ...dirs], makeDir))
      await Promise.all(files.map(async ({ path, bytes }) => replaceFile(path, bytes, tempDir)))
      await syncDirs([...dirs, ...parents.flat()])
    },
    async publish(note) {
      const parents = await makeDir(tempDir)
      await replaceFile(join(dir, 'checkpoint'), note, tempDir)
      await syncDirs([dir, ...parents])
    },
    async dropPartials(full) {
      await Promise.all(
        full.map(async (name) => rm(join(dir, `${tilePath(name)}.p`), { recursive: true, force: true })),
      )
    },
  }
}
