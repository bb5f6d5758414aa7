/**
 * The body with another name in its own `model`; every other byte stays. For JSON that was read before, with one such
 * member and no key twice.
 */
export function renameModel(body: string, model: string): string {
  const place = findModel(body)
  return place ? body.slice(0, place.start) + JSON.stringify(model) + body.slice(place.end) : body
}

function findModel(json: string): { readonly start: number; readonly end: number } | undefined {
  let depth = 0
  let key: string | undefined
  for (let at = 0; at < json.length; at++) {
    const char = json[at]
    if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    else if (char === ',') key = undefined
    else if (char === '"') {
      const end = endOfString(json, at)
      if (depth === 1 && key === 'model') return { start: at, end }
      if (depth === 1) key = JSON.parse(json.slice(at, end)) as string
      at = end - 1
    }
  }
  return undefined
}

/** Behind the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}
