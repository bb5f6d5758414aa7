/**
 * The outermost members of a JSON object, each value as it stands in the text: what a body says of a number is not read and
 * written again. The text has been parsed before.
 */
export function splitMembers(text: string): { readonly name: string; readonly text: string }[] {
  const members: { name: string; text: string }[] = []
  let depth = 0
  let name: string | undefined
  let start = 0
  const close = (end: number): void => {
    if (name !== undefined) members.push({ name, text: text.slice(start, end).trim() })
    name = undefined
  }
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '"') {
      const end = endOfString(text, at)
      if (depth === 1 && name === undefined) {
        name = String(JSON.parse(text.slice(at, end)))
        start = text.indexOf(':', end) + 1
      }
      at = end - 1
    } else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') {
      if (--depth === 0) close(at)
    } else if (char === ',' && depth === 1) close(at)
  }
  return members
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
}
