import type { PhiClass, Role } from '../types.ts'
import type { Place } from './gold.ts'

/** A span as a reviewer left it. */
export interface ReviewedSpan extends Place {
  readonly class: PhiClass
  readonly role: Role
  readonly group?: string | undefined
  readonly format?: string | undefined
}

/** A text with its spans, to be written as gold; UTF-16 units. */
export interface ReviewedDocument {
  readonly id: string
  readonly text: string
  readonly spans: readonly ReviewedSpan[]
  readonly kind?: string | undefined
  readonly template?: string | undefined
  readonly group?: string | undefined
  readonly noise?: string | undefined
  readonly formats?: string | undefined
  readonly source?: string | undefined
}

/** One line of gold, without its line break: what `readGoldLine` reads back under the map `own`. Holds the text: PHI. */
export function writeGoldLine({
  id,
  text,
  spans,
  kind,
  template,
  group,
  noise,
  formats,
  source,
}: ReviewedDocument): string {
  return JSON.stringify({
    id,
    kind,
    template,
    group,
    noise,
    formats,
    source,
    text,
    spans: spans.map((span) => ({
      start: span.start,
      end: span.end,
      class: span.class,
      role: span.role,
      group: span.group,
      format: span.format,
    })),
  })
}
