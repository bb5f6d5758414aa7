import { createHash, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { link, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import type { Terminal } from '../terminal.ts'

/** A file that appears under its name only when it is whole. */
export interface StagedFile {
  readonly write: (text: string) => Promise<void>
  /** Nothing more to write; durable under its passing name. Answers the SHA-256 of the content in hex. */
  finish(): Promise<string>
  /** Gives the finished file its name. Throws `resource.conflict` when it is taken and not to be replaced. */
  publish(): Promise<void>
  /** Leaves nothing behind of what was not published. */
  discard(): Promise<void>
}

export interface StagedFileOptions {
  readonly path: string
  /** Replaces what is there already. */
  readonly isForced: boolean
  readonly onKilled: Terminal['onKilled']
}

/** Only its owner may read what was a patient's text. */
const MODE = 0o600
/** A write for each short line costs more than the line. */
const BATCH_UNITS = 64 * 1024

/** Starts a file under a passing name in the folder of its place, where a rename is atomic. */
export async function createStagedFile({ path, isForced, onKilled }: StagedFileOptions): Promise<StagedFile> {
  const staged = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  // Before the file is there: a signal that comes in between must not leave it.
  const forget = onKilled(() => rmSync(staged, { force: true }))
  const file = await open(staged, 'wx', MODE).catch((error: unknown) => {
    forget()
    throw error
  })
  const digest = createHash('sha256')
  let batch: string[] = []
  let batched = 0
  let isOpen = true
  let isThere = true

  async function flush(): Promise<void> {
    const bytes = Buffer.from(batch.join(''))
    batch = []
    batched = 0
    digest.update(bytes)
    await file.writeFile(bytes)
  }

  return {
    async write(text) {
      batch.push(text)
      batched += text.length
      if (batched >= BATCH_UNITS) await flush()
    },
    async finish() {
      await flush()
      await file.sync()
      isOpen = false
      await file.close()
      return digest.digest('hex')
    },
    async publish() {
      if (isForced) await rename(staged, path)
      else {
        // A link never replaces, so two runs at once cannot overwrite each other.
        await link(staged, path).catch(refuseTaken)
        await unlink(staged)
      }
      isThere = false
      forget()
    },
    async discard() {
      if (isOpen) await file.close()
      isOpen = false
      if (isThere) await unlink(staged)
      isThere = false
      forget()
    },
  }
}

export function createConflict(): AppError {
  return new AppError('resource.conflict', { message: 'the output exists already; --force replaces it' })
}

function refuseTaken(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw createConflict()
  throw error
}
