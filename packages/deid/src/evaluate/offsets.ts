import { AppError } from '@breakwater/kernel'
import type { Place } from './gold.ts'

/** What a corpus counts its offsets in. */
export type OffsetUnit = 'code-points' | 'utf-16' | 'bytes'

export const OFFSET_UNITS: readonly OffsetUnit[] = ['code-points', 'utf-16', 'bytes']

/** Turns offsets of a text into UTF-16 units; undefined for one that falls outside or inside a character. */
export type ToUnits = (offset: number) => number | undefined

/** Counts a text once, so that each offset is looked up and not counted again. */
export function createToUnits(text: string, unit: OffsetUnit): ToUnits {
  // Where all three count alike, and most clinical text is so.
  const isPlain = unit === 'utf-16' || !(unit === 'bytes' ? /[^\0-\x7f]/ : /[\ud800-\udfff]/).test(text)
  if (isPlain) return (offset) => (offset >= 0 && offset <= text.length ? offset : undefined)
  const units = new Map<number, number>([[0, 0]])
  let [counted, at] = [0, 0]
  for (const character of text) {
    counted += unit === 'bytes' ? byteLength(character.codePointAt(0) ?? 0) : 1
    at += character.length
    units.set(counted, at)
  }
  return (offset) => units.get(offset)
}

function byteLength(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}

/** A place with the text that the annotator saw there, where the format says it. */
export interface Witnessed {
  readonly parts: readonly Place[]
  readonly surface?: string | undefined
}

/**
 * The unit in which every place shows the text that its annotator saw. Offsets say nothing of their unit, and a wrong
 * guess shifts every span behind the first letter of two bytes or two units, unseen. Throws `body.invalid` when no unit
 * fits, or when the asked one does not.
 */
export function findOffsetUnit(text: string, spans: readonly Witnessed[], asked?: OffsetUnit): OffsetUnit {
  const candidates = asked === undefined ? OFFSET_UNITS : [asked]
  const fitting = candidates.find((unit) => {
    const toUnits = createToUnits(text, unit)
    return spans.every((span) => shows(text, span, toUnits))
  })
  if (fitting === undefined) {
    const rule = asked === undefined ? 'in characters, UTF-16 units or bytes' : `in ${asked}`
    throw new AppError('body.invalid', { message: `offsets do not show the annotated text, ${rule}` })
  }
  return fitting
}

function shows(text: string, { parts, surface }: Witnessed, toUnits: ToUnits): boolean {
  const pieces: string[] = []
  for (const { start, end } of parts) {
    const [from, to] = [toUnits(start), toUnits(end)]
    if (from === undefined || to === undefined || to <= from) return false
    pieces.push(text.slice(from, to))
  }
  // Formats write line breaks of the surface as spaces, or drop them.
  return surface === undefined || squash(pieces.join('')) === squash(surface)
}

function squash(text: string): string {
  return text.replace(/\s+/g, '')
}
