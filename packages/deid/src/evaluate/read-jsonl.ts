import { AppError } from '@breakwater/kernel'
import type { GoldDocument, Place, RawSpan } from './gold.ts'
import { createToUnits, findOffsetUnit } from './offsets.ts'
import type { OffsetUnit } from './offsets.ts'

/** A document before its labels are mapped. */
export interface RawDocument extends Omit<GoldDocument, 'spans' | 'isNegative'> {
  readonly spans: readonly RawSpan[]
  /** What the corpus itself says; undefined where it says nothing. */
  readonly isMarkedNegative?: boolean | undefined
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads one line of JSON: `id`, `text` and `spans` of `start`, `end` and `label` or `class`; optional `kind`,
 * `template`, `group`, `noise`, `source`, `formats`, `hard_negative` or `isClean`, and in spans `role`, `group`, `format`, `text`. Offsets are
 * UTF-16 units unless the spans' own `text` shows another unit. Throws `body.invalid` naming the rule, no content.
 */
export function readGoldLine(json: string, unit?: OffsetUnit): RawDocument {
  const fields = parse(json)
  const { id, text, spans } = fields
  if (typeof id !== 'string' && !Number.isSafeInteger(id)) refuse('id must be a string or a whole number')
  if (typeof text !== 'string') return refuse('text must be a string')
  if (!Array.isArray(spans)) return refuse('spans must be a list, an empty one where there is nothing')
  const read = spans.map((span: unknown, index) => readSpan(span, index + 1))
  const known = unit ?? (read.some(({ surface }) => surface !== undefined) ? undefined : 'utf-16')
  const toUnits = createToUnits(text, findOffsetUnit(text, read, known))
  return {
    id: String(id),
    text,
    kind: word(fields, 'kind'),
    template: word(fields, 'template') ?? word(fields, 'template_id'),
    group: word(fields, 'group'),
    noise: word(fields, 'noise'),
    formats: word(fields, 'formats'),
    source: word(fields, 'source'),
    isMarkedNegative: [fields['hard_negative'], fields['isClean']].find((one) => typeof one === 'boolean'),
    spans: read.map(({ label, role, group, format, parts }) => ({
      label,
      role,
      group,
      format,
      parts: parts.map(({ start, end }) => ({ start: toUnits(start) ?? start, end: toUnits(end) ?? end })),
    })),
  }
}

function parse(json: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // Without the cause: a JSON error quotes its input.
    throw new AppError('body.invalid-json', { message: 'not JSON' })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('not an object')
  return value as Fields
}

function readSpan(span: unknown, number: number): RawSpan & { readonly surface: string | undefined } {
  if (typeof span !== 'object' || span === null) return refuse(`span ${number}: not an object`)
  const fields = span as Fields
  const [start, end, label] = [fields['start'], fields['end'], fields['class'] ?? fields['label']]
  if (typeof start !== 'number' || typeof end !== 'number' || !isPlace({ start, end })) {
    return refuse(`span ${number}: start and end must be whole numbers in order`)
  }
  if (typeof label !== 'string') return refuse(`span ${number}: label or class must be a string`)
  return {
    label,
    parts: [{ start, end }],
    role: word(fields, 'role'),
    group: word(fields, 'group'),
    format: word(fields, 'format'),
    surface: word(fields, 'text'),
  }
}

function isPlace({ start, end }: Place): boolean {
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end > start
}

function word(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function refuse(rule: string): never {
  throw new AppError('body.invalid', { message: rule })
}
