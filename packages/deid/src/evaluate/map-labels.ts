import { AppError } from '@breakwater/kernel'
import type { Role } from '../types.ts'
import type { GoldDocument, GoldSpan, RawSpan } from './gold.ts'
import type { LabelMap } from './mappings.ts'
import type { RawDocument } from './read-jsonl.ts'
import { mayStay } from './stays.ts'

const ROLES: readonly Role[] = ['patient', 'relative', 'household', 'employer', 'clinician', 'other', 'unknown']

/**
 * Maps the labels of a document. Without a word of the corpus itself, a document without any span is a negative.
 * Throws `body.invalid` for a label that the map does not hold: it would be left out of the count, unseen.
 */
export function mapLabels({ spans, isMarkedNegative, ...document }: RawDocument, map: LabelMap): GoldDocument {
  const mapped = spans.map((span, index) => mapSpan(document.text, span, map, index + 1))
  return { ...document, spans: mapped, isNegative: isMarkedNegative ?? spans.length === 0 }
}

function mapSpan(text: string, span: RawSpan, map: LabelMap, number: number): GoldSpan {
  if (!Object.hasOwn(map, span.label)) {
    throw new AppError('body.invalid', { message: `span ${number}: its label is not in the map` })
  }
  const mapped = map[span.label] ?? undefined
  const surface = span.parts.map(({ start, end }) => text.slice(start, end)).join(' ')
  return {
    ...span,
    start: Math.min(...span.parts.map(({ start }) => start)),
    end: Math.max(...span.parts.map(({ end }) => end)),
    class: mapped && !mayStay(mapped.stays, surface) ? mapped.class : undefined,
    role: ROLES.find((role) => role === span.role) ?? mapped?.role,
  }
}
