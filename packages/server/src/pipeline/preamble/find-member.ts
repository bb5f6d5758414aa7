/** Where a JSON value stands in its text, end exclusive. */
export interface Place {
  readonly start: number
  readonly end: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b])
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d])

/** The value of a member of the object that begins at `from`, in a text that is JSON; undefined when it has none of the name. */
export function findMember(text: string, name: string, from = skipBlanks(text, 0)): Place | undefined {
  let at = skipBlanks(text, from + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const afterName = skipString(text, at)
    const isSought = isNamed(text, at, afterName, name)
    const start = skipBlanks(text, skipBlanks(text, afterName) + 1)
    const end = skipValue(text, start)
    if (isSought) return { start, end }
    at = skipBlanks(text, end)
    if (text.charCodeAt(at) !== COMMA) return undefined
    at = skipBlanks(text, at + 1)
  }
  return undefined
}

/** The first place from `at` on that is no blank. */
export function skipBlanks(text: string, at: number): number {
  let next = at
  while (text.charCodeAt(next) <= 0x20) next++
  return next
}

function isNamed(text: string, start: number, end: number, name: string): boolean {
  const spelled = text.slice(start + 1, end - 1)
  return spelled === name || (spelled.includes('\\') && JSON.parse(`"${spelled}"`) === name)
}

function skipString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    // An odd number of backslashes makes it a quote within.
    if ((at - before) % 2 === 1) return at + 1
  }
  return text.length
}

function skipValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = skipString(text, at)
      if (depth === 0) return at
      continue
    }
    if (OPENING.has(code)) depth++
    else if (CLOSING.has(code)) {
      if (depth === 0) return at
      depth--
      if (depth === 0) return at + 1
    } else if (depth === 0 && (code === COMMA || code === COLON || code <= 0x20)) return at
    at++
  }
  return text.length
}
