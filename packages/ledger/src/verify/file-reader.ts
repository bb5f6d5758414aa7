import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import type { TileReader } from './tiles.ts'

/** The largest file of a log: a bundle of 256 entries of 65,535 bytes (c2sp.org/tlog-tiles). */
const MAX_FILE_BYTES = 256 * (2 + 65_535)

/** Reads a log from its folder. A file that is longer than any file of a log throws `ledger.inconsistent`. */
export function createFileReader(dir: string): TileReader {
  return {
    read: async (path) => readBounded(join(dir, path)),
    async list() {
      const files = await readdir(join(dir, 'tile'), { recursive: true, withFileTypes: true }).catch(orEmpty)
      return files
        .filter((file) => file.isFile())
        .map((file) => join(file.parentPath, file.name).slice(join(dir, '/').length))
    },
  }
}

async function readBounded(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (!file) return undefined
  try {
    if ((await file.stat()).size > MAX_FILE_BYTES) {
      throw new AppError('ledger.inconsistent', { message: 'log: a file is longer than a log allows' })
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function orEmpty(error: unknown): never[] {
  if (isMissing(error)) return []
  throw error
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
