import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import type { PhiClass } from '@breakwater/deid'
import { LABEL_MAPS } from '@breakwater/deid/evaluate'
import type { GoldDocument, LabelMap, OffsetUnit } from '@breakwater/deid/evaluate'
import { AppError } from '@breakwater/kernel'
import { parseDocument } from '../../io/documents.ts'
import { readLines } from '../../io/lines.ts'
import { UsageError } from '../../terminal.ts'
import { guessFormat } from '../deid/transform.ts'
import type { Format } from '../deid/transform.ts'
import { listGold, readGold } from '../evaluate/gold-files.ts'
import type { GoldFormat } from '../evaluate/gold-files.ts'
import type { ReviewSpan } from './shape.ts'

/** A note to look at, as it was read. */
export interface SourceNote {
  readonly id: string
  readonly text: string
  /** Of an annotator; left out where there are none. */
  readonly gold?: readonly ReviewSpan[] | undefined
  /** What gold says of the document besides. */
  readonly about?: Pick<GoldDocument, 'kind' | 'template' | 'group' | 'noise' | 'formats' | 'source'> | undefined
}

/** All notes are held while they are looked at: nobody reviews more at a sitting. */
const MAX_UNITS = 64 * 1024 * 1024
const MAX_NOTES = 20_000

export const PHI_CLASSES: readonly PhiClass[] = (Object.keys(LABEL_MAPS.own) as PhiClass[]).toSorted()

/** Reads a file, or every text and NDJSON file of a folder, as `deid` takes them. */
export async function readNotes(input: string, format?: Format): Promise<readonly SourceNote[]> {
  const isFolder = (await stat(input)).isDirectory()
  if (isFolder && format !== undefined) throw new UsageError('--format is for one file: in a folder names tell')
  const paths = isFolder ? await listNotes(input) : [input]
  if (paths.length === 0) throw new UsageError('no notes there: .txt, .text, .md, .ndjson or .jsonl')
  const notes = createCollection()
  for (const path of paths) {
    const name = isFolder ? relative(input, path) : basename(path)
    if ((isFolder ? guessFormat(path) : (format ?? guessFormat(path) ?? 'text')) === 'text') {
      notes.add({ id: name, text: await readText(path) })
      continue
    }
    for await (const lines of readLines(createReadStream(path))) {
      for (const line of lines) {
        const { id, text } = parseDocument(line)
        notes.add({ id: paths.length > 1 ? `${name} ${id}` : String(id), text })
      }
    }
  }
  return notes.all
}

export interface GoldInput {
  readonly path: string
  readonly map: LabelMap
  readonly format: GoldFormat | undefined
  readonly offsets: OffsetUnit | undefined
}

/** Reads notes with the spans of an annotator, as `evaluate` takes them. */
export async function readGoldNotes({ path, ...options }: GoldInput): Promise<readonly SourceNote[]> {
  const notes = createCollection()
  for await (const { document } of readGold(await listGold(path, options.format), options)) {
    const { id, text, spans, kind, template, group, noise, formats, source } = document
    notes.add({
      id,
      text,
      about: { kind, template, group, noise, formats, source },
      gold: joinOverlaps(spans.flatMap((span) => toReviewSpans(span, options.map))),
    })
  }
  return notes.all
}

function createCollection(): { readonly all: SourceNote[]; add(note: SourceNote): void } {
  const all: SourceNote[] = []
  let units = 0
  return {
    all,
    add(note) {
      units += note.text.length
      if (all.length >= MAX_NOTES || units > MAX_UNITS) {
        throw new AppError('body.too-large', {
          message: `more than ${MAX_NOTES} notes or ${MAX_UNITS} characters: review them in parts`,
        })
      }
      all.push(note)
    },
  }
}

async function listNotes(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && guessFormat(entry.name) !== undefined)
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

async function readText(path: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let text = ''
  try {
    for await (const part of createReadStream(path)) {
      text += decoder.decode(part as Buffer, { stream: true })
      if (text.length > MAX_UNITS) throw new AppError('body.too-large', { message: 'a text is too long to review' })
    }
    return text + decoder.decode()
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new AppError('body.invalid-utf8', { message: 'a text is not UTF-8', cause })
  }
}

/** What the law lets stay keeps its class here; a label that no class of ours means is left out. */
function toReviewSpans(span: GoldDocument['spans'][number], map: LabelMap): readonly ReviewSpan[] {
  const own = PHI_CLASSES.find((known) => known === span.label)
  const phiClass = span.class ?? own ?? map[span.label]?.class
  if (phiClass === undefined) return []
  const { role = 'unknown', group, format } = span
  return span.parts.map(({ start, end }) => ({ start, end, class: phiClass, role, group, format }))
}

/** Sorted and apart: of two that overlap, the first takes in the other. */
function joinOverlaps(spans: readonly ReviewSpan[]): readonly ReviewSpan[] {
  const joined: ReviewSpan[] = []
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joined.at(-1)
    if (last && span.start < last.end) joined[joined.length - 1] = { ...last, end: Math.max(last.end, span.end) }
    else joined.push(span)
  }
  return joined
}
