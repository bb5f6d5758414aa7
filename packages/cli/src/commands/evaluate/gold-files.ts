import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { mapLabels, readBrat, readGoldLine, readI2b2 } from '@breakwater/deid/evaluate'
import type { GoldDocument, LabelMap, OffsetUnit } from '@breakwater/deid/evaluate'
import { AppError } from '@breakwater/kernel'
import { readLines } from '../../io/lines.ts'
import { UsageError } from '../../terminal.ts'

export type GoldFormat = 'jsonl' | 'brat' | 'i2b2'

export interface GoldOptions {
  readonly map: LabelMap
  /** Left out: told by each file's name. */
  readonly format?: GoldFormat | undefined
  /** Left out: found out from the annotated text. */
  readonly offsets?: OffsetUnit | undefined
}

/** A document and the bytes that it took in its file. */
export interface ReadGold {
  readonly document: GoldDocument
  /** Where it is, for a refusal: file and line by number. */
  readonly place: string
  readonly bytes: number
}

const NAMES: readonly (readonly [GoldFormat, RegExp])[] = [
  ['jsonl', /\.(?:jsonl|ndjson)$/i],
  ['brat', /\.ann$/i],
  ['i2b2', /\.xml$/i],
]

interface GoldFile {
  readonly path: string
  readonly format: GoldFormat
  readonly bytes: number
}

/** The gold files of a path, in the order of their names. Throws UsageError when there are none. */
export async function listGold(path: string, format?: GoldFormat): Promise<readonly GoldFile[]> {
  const isFolder = (await stat(path)).isDirectory()
  const entries = isFolder ? await readdir(path, { recursive: true, withFileTypes: true }) : []
  const paths = isFolder
    ? entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    : [path]
  const files: GoldFile[] = []
  for (const file of paths.toSorted()) {
    const named = NAMES.find(([, pattern]) => pattern.test(file))?.[0]
    const known = isFolder ? named : (format ?? named)
    if (known === undefined || (format !== undefined && known !== format)) continue
    files.push({ path: file, format: known, bytes: (await stat(file)).size })
  }
  if (files.length > 0) return files
  throw new UsageError('no gold there: .jsonl, .ann beside .txt, or .xml (--format says which)')
}

/**
 * The documents of gold files, one at a time. A refusal names the file by its number in the order of names, since a
 * name may identify somebody, and the line.
 */
export async function* readGold(files: readonly GoldFile[], options: GoldOptions): AsyncGenerator<ReadGold> {
  for (const [index, { path, format, bytes }] of files.entries()) {
    const place = files.length > 1 ? `file ${index + 1}` : ''
    if (format === 'jsonl') {
      for await (const lines of readLines(createReadStream(path))) {
        for (const { number, text } of lines) {
          const line = `${place} line ${number}`.trim()
          const document = at(line, () => mapLabels(readGoldLine(text, options.offsets), options.map))
          yield { document, place: line, bytes: Buffer.byteLength(text) + 1 }
        }
      }
    } else {
      const content = decode(await readFile(path), place)
      const text = format === 'brat' ? decode(await readBeside(path, place), place) : ''
      const id = String(index + 1)
      yield {
        document: at(place, () => {
          const read =
            format === 'brat'
              ? { text, spans: readBrat(text, content, options.offsets) }
              : readI2b2(content, options.offsets)
          return mapLabels({ id, ...read }, options.map)
        }),
        place,
        bytes,
      }
    }
  }
}

function decode(bytes: Buffer, place: string): string {
  return at(place, () => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch (cause) {
      throw new AppError('body.invalid-utf8', { message: 'not UTF-8', cause })
    }
  })
}

/** The text of a standoff file. */
async function readBeside(path: string, place: string): Promise<Buffer> {
  return readFile(path.replace(/\.ann$/i, '.txt')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return at(place, () => {
      throw new AppError('body.invalid', { message: 'no .txt of the same name lies beside the .ann' })
    })
  })
}

/** Does the work on one document of the gold; a refusal names it. */
export function at<Value>(place: string, work: () => Value): Value {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof AppError) || place === '') throw cause
    throw new AppError(cause.code, { message: `${place.trim()}: ${cause.message}`, cause })
  }
}
