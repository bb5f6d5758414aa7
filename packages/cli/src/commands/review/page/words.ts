import type { Range } from '../shape.ts'

const WORD = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|['’-](?=[\p{L}\p{N}]))*|\S/gu

/** The words of a text, and each other sign that is no space. */
export function findWords(text: string): readonly Range[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({ start: index, end: index + word.length }))
}

export type Step = 'word' | 'character'
export type Direction = 'left' | 'right'

/** Where a start or an end lands that moves one step; a character is never cut in two. */
export function moveEdge(text: string, at: number, edge: 'start' | 'end', direction: Direction, step: Step): number {
  if (step === 'character') return moveCharacter(text, at, direction)
  const places = findWords(text).map((word) => word[edge])
  const next = direction === 'right' ? places.find((place) => place > at) : places.findLast((place) => place < at)
  return next ?? at
}

function moveCharacter(text: string, at: number, direction: Direction): number {
  const next = direction === 'right' ? at + 1 : at - 1
  const isCut = /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(next - 1, next + 1))
  const place = isCut ? (direction === 'right' ? next + 1 : next - 1) : next
  return Math.min(text.length, Math.max(0, place))
}

/** Without the spaces around it. */
export function trimRange(text: string, { start, end }: Range): Range {
  const inside = text.slice(start, end)
  return {
    start: start + inside.length - inside.trimStart().length,
    end: end - inside.length + inside.trimEnd().length,
  }
}
