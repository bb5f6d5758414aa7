import { AppError } from '@breakwater/kernel'
import { HASH_BYTES } from './path.ts'
import { decodeBase64, openNote } from './note.ts'
import type { NoteKey } from './note.ts'
import type { TreeHead } from './proof.ts'

/** The head of the log at one moment (c2sp.org/tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  readonly origin: string
}

/** The text that is signed: origin, size, root; no extension lines. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
}

/** Reads the text of a checkpoint. Throws `ledger.inconsistent`. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', digits = '', encoded = '', end, more] = text.split('\n')
  const root = decodeBase64(encoded)
  const size = Number(digits)
  const isWhole = origin !== '' && end === '' && more === undefined && root?.length === HASH_BYTES
  if (!isWhole || !/^(0|[1-9]\d{0,15})$/.test(digits) || !Number.isSafeInteger(size)) {
    throw new AppError('ledger.inconsistent', { message: 'checkpoint: malformed' })
  }
  return { origin, size, root }
}

/** Opens a checkpoint that the log's own key signed under its own name. Throws `ledger.inconsistent`. */
export function openCheckpoint(note: Uint8Array, key: NoteKey): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, [key]).text)
  if (checkpoint.origin === key.name) return checkpoint
  throw new AppError('ledger.inconsistent', { message: 'checkpoint: of another log' })
}
