export interface Edit {
  readonly start: number
  readonly end: number
  readonly replacement: string
}

/** The text with its edits, which are sorted and do not overlap; everything between them is kept as it was spelled. */
export function splice(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  let result = ''
  let at = 0
  for (const { start, end, replacement } of edits) {
    result += text.slice(at, start) + replacement
    at = end
  }
  return result + text.slice(at)
}
