import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { AppError } from '@breakwater/kernel'
import { readLines } from '../../io/lines.ts'
import { createStagedFile } from '../../io/staged-file.ts'
import type { Terminal } from '../../terminal.ts'
import { exists } from '../deid/one.ts'
import { checkSpans } from './check-spans.ts'
import type { SourceNote } from './notes.ts'
import type { ReviewSpan } from './shape.ts'

/** What a person said of one note. */
export interface Correction {
  readonly isAccepted: boolean
  readonly spans: readonly ReviewSpan[]
}

/** The file of corrections: places and classes of each note that was touched, no text. */
export interface Corrections {
  get(note: SourceNote): Correction | undefined
  /** Resolves when it is on the disk. */
  set(note: SourceNote, correction: Correction): Promise<void>
  /** Lines for notes that are not in this input, or whose text is another now; they stay in the file. */
  readonly others: number
}

const KEY_DIGITS = 32

/** Which note a line is for: the same id with another text is another note. */
function keyOf({ id, text }: SourceNote): string {
  return createHash('sha256')
    .update(JSON.stringify([id, text]))
    .digest('hex')
    .slice(0, KEY_DIGITS)
}

/**
 * Opens a file of corrections, or starts one. Each change writes the file anew beside its place, mode 0600, and renames
 * it: after a crash it holds what was last acknowledged. Throws `body.invalid` for a file that is something else.
 */
export async function openCorrections(
  path: string,
  notes: readonly SourceNote[],
  onKilled: Terminal['onKilled'],
): Promise<Corrections> {
  const lengths = new Map(notes.map((note) => [keyOf(note), note.text.length]))
  const lines = new Map<string, string>()
  const known = new Map<string, Correction>()
  if (await exists(path)) {
    for await (const batch of readLines(createReadStream(path))) {
      for (const { number, text } of batch) {
        const { key, fields } = parse(text, number)
        lines.set(key, text)
        const units = lengths.get(key)
        if (units === undefined) continue
        known.set(key, { isAccepted: fields['accepted'] === true, spans: checkSpans(fields['spans'], units) })
      }
    }
  }
  const others = lines.size - known.size
  let queue: Promise<void> = Promise.resolve()

  async function write(): Promise<void> {
    const file = await createStagedFile({ path, isForced: true, onKilled })
    try {
      for (const line of lines.values()) await file.write(`${line}\n`)
      await file.finish()
      await file.publish()
    } finally {
      await file.discard()
    }
  }
  return {
    others,
    get: (note) => known.get(keyOf(note)),
    async set(note, correction) {
      const key = keyOf(note)
      known.set(key, correction)
      lines.set(key, JSON.stringify({ note: key, accepted: correction.isAccepted, spans: correction.spans }))
      // One at a time; one that failed does not stop the next, which writes its change too.
      queue = queue.then(write, write)
      await queue
    },
  }
}

function parse(text: string, number: number): { key: string; fields: Readonly<Record<string, unknown>> } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Without the cause: a JSON error quotes its input.
    throw new AppError('body.invalid-json', { message: `corrections, line ${number}: not JSON` })
  }
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  const key = fields['note']
  if (typeof key !== 'string' || typeof fields['accepted'] !== 'boolean') {
    throw new AppError('body.invalid', { message: `corrections, line ${number}: not a line of corrections` })
  }
  return { key, fields }
}
