import { AppError } from '@breakwater/kernel'

const MAX_DEPTH = 32

/**
 * Parses JSON that has one reading (RFC 8259): UTF-8, no key twice in an object, no deeper than 32 levels. Throws
 * `body.invalid-utf8`, `body.invalid-json`, `body.duplicate-key`, `body.too-deep`.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new AppError('body.invalid-utf8', { message: 'the body is not UTF-8' })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new AppError('body.invalid-json', { message: 'the body is not one JSON value' })
  }
  scan(text)
  return value
}

/** Walks text that is known to be JSON; the parser itself keeps the last of two keys and says nothing. */
function scan(text: string): void {
  // One entry for each open bracket: the keys of an object, undefined for an array.
  const open: (Set<string> | undefined)[] = []
  let isKeyNext = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      const end = endOfString(text, at)
      const keys = open.at(-1)
      if (isKeyNext && keys) {
        const key: unknown = JSON.parse(text.slice(at, end + 1))
        if (keys.has(String(key))) {
          throw new AppError('body.duplicate-key', { message: 'an object in the body holds the same key twice' })
        }
        keys.add(String(key))
      }
      isKeyNext = false
      at = end
    } else if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : undefined)
      isKeyNext = char === '{'
      if (open.length > MAX_DEPTH)
        throw new AppError('body.too-deep', { message: `the body nests deeper than ${MAX_DEPTH}` })
    } else if (char === '}' || char === ']') {
      open.pop()
      isKeyNext = false
    } else if (char === ',') {
      isKeyNext = open.at(-1) !== undefined
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
