import { AppError } from '@breakwater/kernel'
import type { Place, RawSpan } from './gold.ts'
import { createToUnits, findOffsetUnit } from './offsets.ts'
import type { OffsetUnit } from './offsets.ts'

interface BratSpan {
  readonly label: string
  readonly parts: readonly Place[]
  readonly surface: string
}

const TEXT_BOUND = /^T\d+\t(\S+) ([\d ;]+)\t?(.*)$/
const FRAGMENT = /^(\d+) (\d+)$/

/**
 * Reads a standoff file of BRAT beside its text: text-bound annotations, discontinuous ones too; relations, events,
 * attributes and notes are left out. BRAT counts characters; files made by other programs count bytes or UTF-16 units,
 * which shows in the annotated text. Throws `body.invalid` naming the line.
 */
export function readBrat(text: string, annotations: string, unit?: OffsetUnit): readonly RawSpan[] {
  const spans = annotations
    .split(/\r?\n/)
    .map((line, index) => (line.startsWith('T') ? parseLine(line, index + 1) : undefined))
    .filter((span) => span !== undefined)
  const toUnits = createToUnits(text, findOffsetUnit(text, spans, unit))
  return spans.map(({ label, parts }) => ({
    label,
    parts: parts.map(({ start, end }) => ({ start: toUnits(start) ?? start, end: toUnits(end) ?? end })),
  }))
}

function parseLine(line: string, number: number): BratSpan {
  const [, label = '', places = '', surface = ''] = TEXT_BOUND.exec(line) ?? []
  const parts = places.split(';').map((place): Place => {
    const [, start, end] = FRAGMENT.exec(place.trim()) ?? []
    if (label === '' || start === undefined || end === undefined || Number(end) <= Number(start)) {
      throw new AppError('body.invalid', { message: `annotation line ${number}: not a text-bound annotation` })
    }
    return { start: Number(start), end: Number(end) }
  })
  return { label, parts, surface }
}
