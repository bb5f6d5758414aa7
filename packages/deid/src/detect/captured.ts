/** Where the groups of a pattern stand that matches at a place, in order. The pattern is sticky and tells places: flags `dy`. */
export function findCaptured(pattern: RegExp, text: string, at: number): (readonly [start: number, end: number])[] {
  pattern.lastIndex = at
  const [, ...groups] = pattern.exec(text)?.indices ?? []
  return groups.filter((group) => group !== undefined)
}
