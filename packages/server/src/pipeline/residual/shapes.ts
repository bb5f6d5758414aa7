import type { TextRange } from '../tokens/shape.ts'

interface ResidualShape {
  readonly id: string
  readonly pattern: RegExp
  /** A text without this holds no match, which spares the search. */
  readonly needs?: string
  readonly isReal?: (match: RegExpMatchArray) => boolean
}

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)'

/**
 * Plain shapes, written apart from the engine's rules so that one mistake does not blind both. Narrow: no clinical
 * number has them.
 */
const SHAPES: readonly ResidualShape[] = [
  { id: 'social-security-number', pattern: /(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])/g },
  {
    id: 'email',
    needs: '@',
    pattern: /[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}/g,
  },
  { id: 'telephone', pattern: /(?<![\d-])(?:\+?1[ .-])?(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?![\d-])/g },
  { id: 'date', pattern: /(?<![\d/])(\d{1,2})\/(\d{1,2})\/(?:\d{4}|\d{2})(?![\d/])/g, isReal: isMonthAndDay },
  { id: 'date', pattern: /(?<![\d-])(?:19|20)\d{2}-(\d{2})-(\d{2})(?![\d-])/g, isReal: isMonthAndDay },
  { id: 'date', pattern: new RegExp(`\\b${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d{2}\\b`, 'g') },
  { id: 'record-number', pattern: /\b(?:MRN|medical record (?:number|no\.?))\s*[:#]?\s*#?\d{5,}/gi },
]

function isMonthAndDay({ 1: first, 2: second }: RegExpMatchArray): boolean {
  const [a, b] = [Number(first), Number(second)]
  return (isMonth(a) && isDay(b)) || (isDay(a) && isMonth(b))
}

function isMonth(value: number): boolean {
  return value >= 1 && value <= 12
}

function isDay(value: number): boolean {
  return value >= 1 && value <= 31
}

/** The id of the first shape in a text that lies outside the exempt ranges. */
export function findResidualShape(text: string, exempt: readonly TextRange[]): string | undefined {
  if (!/[\d@]/.test(text)) return undefined
  for (const { id, pattern, needs, isReal } of SHAPES) {
    if (needs !== undefined && !text.includes(needs)) continue
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length
      const isExempt = exempt.some((range) => range.start < end && range.end > match.index)
      if (!isExempt && (isReal?.(match) ?? true)) return id
    }
  }
  return undefined
}
