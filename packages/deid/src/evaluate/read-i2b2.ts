import { AppError } from '@breakwater/kernel'
import { SaxesParser } from 'saxes'
import type { Place, RawSpan } from './gold.ts'
import { createToUnits, findOffsetUnit } from './offsets.ts'
import type { OffsetUnit } from './offsets.ts'

interface Tag {
  readonly label: string
  readonly parts: readonly [Place]
  readonly surface: string | undefined
}

/**
 * Reads XML of the i2b2 shape: the note in TEXT, and in TAGS an element for each span with `start`, `end`, `TYPE` and
 * mostly `text`. Offsets count characters of the text as an XML parser gives it, so after line ends became one
 * character each. External entities are never fetched, a document type is refused. Throws `body.invalid`.
 */
export function readI2b2(
  xml: string,
  unit?: OffsetUnit,
): { readonly text: string; readonly spans: readonly RawSpan[] } {
  const tags: Tag[] = []
  let text: string | undefined
  const path: string[] = []
  const parser = new SaxesParser()
  const take = (piece: string): void => {
    if (path.at(-1) === 'TEXT') text = (text ?? '') + piece
  }
  parser.on('error', () => refuse('not well-formed XML'))
  parser.on('doctype', () => refuse('a document type is not taken'))
  parser.on('text', take)
  parser.on('cdata', take)
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'TEXT') text ??= ''
    if (path.at(-1) === 'TAGS') tags.push(readTag(name, attributes, tags.length + 1))
    path.push(name)
  })
  parser.on('closetag', () => void path.pop())
  parser.write(xml.replace(/^\ufeff/, '')).close()
  if (text === undefined) return refuse('no TEXT element')
  const toUnits = createToUnits(text, findOffsetUnit(text, tags, unit))
  const spans = tags.map(({ label, parts: [{ start, end }] }) => ({
    label,
    parts: [{ start: toUnits(start) ?? start, end: toUnits(end) ?? end }],
  }))
  return { text, spans }
}

function readTag(element: string, attributes: Readonly<Record<string, string>>, number: number): Tag {
  const [start, end] = [attributes['start'], attributes['end']]
  if (!/^\d+$/.test(start ?? '') || !/^\d+$/.test(end ?? '') || Number(end) <= Number(start)) {
    return refuse(`tag ${number}: start and end must be whole numbers in order`)
  }
  return {
    label: attributes['TYPE'] ?? element,
    parts: [{ start: Number(start), end: Number(end) }],
    surface: attributes['text'],
  }
}

/** Without a cause: the parser's own messages quote the note. */
function refuse(rule: string): never {
  throw new AppError('body.invalid', { message: rule })
}
