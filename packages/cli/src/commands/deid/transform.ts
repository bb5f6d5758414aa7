import type { Readable } from 'node:stream'
import { AppError } from '@breakwater/kernel'
import { atLine, parseDocument } from '../../io/documents.ts'
import { readLines } from '../../io/lines.ts'
import type { Progress } from '../../io/progress.ts'
import type { Job } from './job.ts'

export type Format = 'text' | 'ndjson'

/** The longest plain text, in bytes: it is one document, judged as a whole. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024

const NDJSON_NAME = /\.(?:ndjson|jsonl)$/i
const TEXT_NAME = /\.(?:txt|text|md)$/i

/** The format that a file's name says, if it does. */
export function guessFormat(name: string): Format | undefined {
  if (NDJSON_NAME.test(name)) return 'ndjson'
  return TEXT_NAME.test(name) ? 'text' : undefined
}

export interface Transform {
  /** What the input is called where a held document is named; never an identifier. */
  readonly name: string
  readonly format: Format
  readonly input: Readable
  readonly job: Job
  readonly progress: Progress
  readonly write: (text: string) => Promise<void>
}

/** Sends one input through the job. NDJSON streams; a text is kept whole. Resolves to how many documents were written. */
export async function transform(task: Transform): Promise<number> {
  return task.format === 'ndjson' ? await transformLines(task) : await transformText(task)
}

async function transformLines({ name, input, job, progress, write }: Transform): Promise<number> {
  let written = 0
  for await (const lines of readLines(input)) {
    for (const line of lines) {
      const document = parseDocument(line)
      job.countOthers(document.otherMembers)
      const released = atLine(line, () => ({
        id: job.releaseId(document.id),
        text: job.release(document.text, `${name}, line ${line.number}`),
      }))
      progress.add({ bytes: Buffer.byteLength(line.text) + 1, documents: 1 })
      if (released.text === undefined) continue
      await write(`${JSON.stringify(released)}\n`)
      written++
    }
  }
  return written
}

async function transformText({ name, input, job, progress, write }: Transform): Promise<number> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const part of input) {
    const chunk = Buffer.isBuffer(part) ? part : Buffer.from(String(part))
    bytes += chunk.length
    if (bytes > MAX_TEXT_BYTES) {
      throw new AppError('body.too-large', { message: `the text is longer than ${MAX_TEXT_BYTES} bytes` })
    }
    chunks.push(chunk)
  }
  const released = job.release(decode(Buffer.concat(chunks)), name)
  progress.add({ bytes, documents: 1 })
  if (released === undefined) return 0
  await write(released)
  return 1
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new AppError('body.invalid-utf8', { message: 'the text is not UTF-8', cause })
  }
}
