import { join } from 'node:path'
import { makeDir, replaceFile, syncDirs } from './durable-file.ts'
import { createFileReader } from './verify/file-reader.ts'

/** Where the sequencer remembers what it signed last: not in the database, which may come back from a backup. */
export interface CheckpointMemory {
  read(): Promise<Uint8Array | undefined>
  /** Durable when it resolves. */
  write(note: Uint8Array): Promise<void>
}

export function createCheckpointFile(dir: string): CheckpointMemory {
  const path = join(dir, 'last-signed')
  const reader = createFileReader(dir)
  return {
    read: async () => reader.read('last-signed'),
    async write(note) {
      const parents = await makeDir(dir)
      await replaceFile(path, note, dir)
      await syncDirs([dir, ...parents])
    },
  }
}
