/** A stretch of a text, end exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** What stands between signs. Sign by sign: a search would run on to the end of the text where there is none. */
export function cut(text: string, from: number, to: number, sign: string): Range[] {
  const ranges: Range[] = []
  const code = sign.charCodeAt(0)
  let start = from
  for (let at = from; at <= to; at++) {
    if (at < to && text.charCodeAt(at) !== code) continue
    ranges.push({ start, end: at })
    start = at + 1
  }
  return ranges
}
