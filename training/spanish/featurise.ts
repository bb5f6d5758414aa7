import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createView, toOriginal } from '@breakwater/deid'
import { createSpanishExtractor, MAX_SPANISH_FEATURES } from '@breakwater/tagger'

/** One line of MEDDOCAN as JSON: the text and what its annotators marked, in UTF-16 units. */
export interface MeddocanDocument {
  readonly id: string
  readonly text: string
  readonly spans: readonly { readonly start: number; readonly end: number; readonly label: string }[]
}

export function readMeddocan(file: string): MeddocanDocument[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): MeddocanDocument => JSON.parse(line))
}

/**
 * Writes what Python trains on: `NAME.features.u32` (hashes), `NAME.counts.u8` (features a word), `NAME.tags.u8`,
 * `NAME.lines.u32` (words a line), and `tags.json`. Python makes no feature.
 */
export function featurise(documents: readonly MeddocanDocument[], name: string, out: string, tags: string[]): void {
  mkdirSync(out, { recursive: true })
  const features: Uint32Array[] = []
  const counts: number[] = []
  const gold: number[] = []
  const lines: number[] = []
  let torn = 0
  const buffer = new Uint32Array(MAX_SPANISH_FEATURES)
  for (const { text, spans } of documents) {
    const view = createView(text)
    const { words, write } = createSpanishExtractor(view.text)
    let next = 0
    const sorted = spans.toSorted((a, b) => a.start - b.start)
    for (let i = 0; i < words.count; i++) {
      const { start, end } = toOriginal(view, words.start[i] ?? 0, words.end[i] ?? 0)
      while (next < sorted.length && (sorted[next]?.end ?? 0) <= start) next++
      const span = sorted[next]
      const isIn = span !== undefined && span.start < end
      if (isIn && (start < span.start || end > span.end)) torn++
      const isFirst =
        isIn && (i === 0 || toOriginal(view, words.start[i - 1] ?? 0, words.end[i - 1] ?? 0).end <= span.start)
      const tag = isIn ? `${isFirst ? 'B' : 'I'}-${span.label}` : 'O'
      if (!tags.includes(tag)) tags.push(tag)
      gold.push(tags.indexOf(tag))
      const count = write(i, buffer)
      counts.push(count)
      features.push(buffer.slice(0, count))
    }
    for (let l = 0; l + 1 < words.lines.length; l++) lines.push((words.lines[l + 1] ?? 0) - (words.lines[l] ?? 0))
  }
  writeFileSync(join(out, `${name}.features.u32`), Buffer.concat(features.map((part) => Buffer.from(part.buffer))))
  writeFileSync(join(out, `${name}.counts.u8`), Uint8Array.from(counts))
  writeFileSync(join(out, `${name}.tags.u8`), Uint8Array.from(gold))
  writeFileSync(join(out, `${name}.lines.u32`), Buffer.from(Uint32Array.from(lines).buffer))
  console.log(
    `${name}: ${documents.length} documents, ${counts.length} words, ${lines.length} lines, ${torn} words torn`,
  )
}
