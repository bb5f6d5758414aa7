/** A JSON value where it stands in a text. */
export type JsonNode =
  | { readonly kind: 'object'; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly start: number; readonly end: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly start: number; readonly end: number; readonly value: string }
  /** A number, true, false or null, as it is spelled. */
  | { readonly kind: 'word'; readonly start: number; readonly end: number; readonly value: string }

export interface JsonMember {
  readonly key: string
  /** Of the name's opening quote. */
  readonly start: number
  readonly value: JsonNode
}

const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const MAX_DEPTH = 64

/**
 * The JSON value (RFC 8259) that begins at `start`, with the places of all its parts, and how far it was read. No value when
 * none begins there, when it is deeper than 64, or when an object names a member twice: two readers would see two records.
 */
export function parseJsonAt(
  text: string,
  start: number,
): { readonly node: JsonNode | undefined; readonly end: number } {
  let at = start

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }

  function skipBlanks(): void {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      at++
    }
  }

  function readString(): string | undefined {
    const from = at
    if (text.charCodeAt(at) !== QUOTE) return undefined
    let isEscaped = false
    for (at++; text.charCodeAt(at) !== QUOTE; at++) {
      if (text.charCodeAt(at) === BACKSLASH) {
        isEscaped = true
        at++
      }
      if (!(text.charCodeAt(at) >= FIRST_PRINTED)) return undefined
    }
    at++
    return isEscaped ? unescape(text.slice(from, at)) : text.slice(from + 1, at - 1)
  }

  function readObject(from: number, depth: number): JsonNode | undefined {
    const members: JsonMember[] = []
    const names = new Set<string>()
    at++
    skipBlanks()
    if (text[at] === '}') return { kind: 'object', start: from, end: ++at, members }
    for (;;) {
      const memberStart = at
      const key = readString()
      skipBlanks()
      if (key === undefined || names.has(key) || text[at] !== ':') return undefined
      names.add(key)
      at++
      const value = readValue(depth)
      if (!value) return undefined
      members.push({ key, start: memberStart, value })
      const mark = text[at++]
      if (mark === '}') return { kind: 'object', start: from, end: at, members }
      if (mark !== ',') return undefined
      skipBlanks()
    }
  }

  function readArray(from: number, depth: number): JsonNode | undefined {
    const items: JsonNode[] = []
    at++
    skipBlanks()
    if (text[at] === ']') return { kind: 'array', start: from, end: ++at, items }
    for (;;) {
      const value = readValue(depth)
      if (!value) return undefined
      items.push(value)
      const mark = text[at++]
      if (mark === ']') return { kind: 'array', start: from, end: at, items }
      if (mark !== ',') return undefined
    }
  }

  function readOne(depth: number): JsonNode | undefined {
    const from = at
    const first = text[at]
    if (first === '{' || first === '[') {
      if (depth >= MAX_DEPTH) return undefined
      return first === '{' ? readObject(from, depth + 1) : readArray(from, depth + 1)
    }
    if (first === '"') {
      const value = readString()
      return value === undefined ? undefined : { kind: 'string', start: from, end: at, value }
    }
    const value = match(WORD)
    return value === undefined || value === '' ? undefined : { kind: 'word', start: from, end: at, value }
  }

  /** A value with the blanks around it; `at` is behind them. */
  function readValue(depth: number): JsonNode | undefined {
    skipBlanks()
    const node = readOne(depth)
    if (node) skipBlanks()
    return node
  }

  const node = readOne(0)
  return { node, end: at }
}

/**
 * Objects and lists of JSON in a text: all of it, in a fenced block, one a line, or between words. Undefined when that would
 * take too long to tell, as no honest text does.
 */
export function findJson(text: string): JsonNode[] | undefined {
  const found: JsonNode[] = []
  let workChars = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== OPEN_OBJECT && code !== OPEN_LIST) continue
    const { node, end } = parseJsonAt(text, at)
    workChars += end - at
    if (workChars > text.length * MAX_READINGS) return undefined
    if (!node) continue
    found.push(node)
    at = node.end - 1
  }
  return found
}

function unescape(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string
  } catch {
    return undefined
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** Control characters stand in a string as escapes only. */
const FIRST_PRINTED = 0x20
const OPEN_OBJECT = 0x7b
const OPEN_LIST = 0x5b
const MAX_READINGS = 8
