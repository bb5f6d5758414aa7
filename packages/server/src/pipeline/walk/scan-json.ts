import type { Feature } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { ErrorCode } from '@breakwater/kernel'
import type { JsonPath } from './path.ts'
import { pointerOf } from './path.ts'
import type { Shape } from './shape.ts'

/** A string, member name, number or whole JSON value, where it stands in the text. */
export interface JsonLeaf {
  readonly kind: 'string' | 'key' | 'number' | 'json'
  /** UTF-16 offsets of the literal, quotes included, end exclusive. */
  readonly start: number
  readonly end: number
  /** The decoded string, or the text as sent of anything else. */
  readonly value: string
  readonly path: JsonPath
}

export interface ScanOptions {
  readonly shape?: Shape | undefined
  readonly maxDepth: number
  /** Half of a surrogate pair may stand alone: a stream may be cut through it. */
  readonly acceptsHalves?: boolean
  /** Is told of the features that the shape names, as often as they are used. */
  readonly onFeature?: (feature: Feature) => void
  /** Is told where `true`, `false` and `null` stand. */
  readonly onWord?: (path: JsonPath, start: number, end: number) => void
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** The digits of the largest double. */
const MAX_DIGITS = 309
const QUOTE = 0x22
const BACKSLASH = 0x5c
const ROOT_KEY = ''

/**
 * One pass over a JSON text (RFC 8259, and RFC 7493's rules on duplicate names and surrogates): all strings, undeclared
 * or not, all member names that no shape declares, all numbers, each with its place. The text itself stays the master,
 * so what is not replaced keeps its spelling. Throws `body.invalid-json`, `body.too-deep`, `body.duplicate-key`,
 * `body.invalid-utf8`, `body.invalid` for a number that no double holds, and whatever refusal a shape names.
 */
export function scanJson(text: string, options: ScanOptions): JsonLeaf[] {
  const { shape, maxDepth, acceptsHalves = false, onFeature, onWord } = options
  const leaves: JsonLeaf[] = []
  // A matcher of its own, for its position.
  const number = new RegExp(NUMBER)
  let at = 0

  function skipBlanks(): void {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      at++
    }
  }

  function readString(path: JsonPath): string {
    const start = at
    let isEscaped = false
    for (at++; ; at++) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        isEscaped = true
        at++
      } else if (!(code >= 0x20)) throw invalid()
    }
    at++
    if (!isEscaped) return text.slice(start + 1, at - 1)
    const value = unescape(text.slice(start, at))
    if (!acceptsHalves && !value.isWellFormed()) throw refusal('body.invalid-utf8', path, 'half of a surrogate pair')
    return value
  }

  function readObject(path: JsonPath, depth: number): void {
    const names = new Set<string>()
    at++
    skipBlanks()
    if (text[at] === '}') return void at++
    for (;;) {
      if (text.charCodeAt(at) !== QUOTE) throw invalid()
      const start = at
      const name = readString(path)
      const declared = path.shape?.members?.get(name)
      const member: JsonPath = {
        parent: path,
        segment: declared ? name : '*',
        key: name,
        shape: declared ?? path.shape?.others,
      }
      if (names.has(name)) throw refusal('body.duplicate-key', member, 'the same name twice')
      names.add(name)
      const isScanned = !declared && path.shape?.harmlessNames?.test(name) !== true
      if (isScanned) leaves.push({ kind: 'key', start, end: at, value: name, path: member })
      skipBlanks()
      if (text[at] !== ':') throw invalid()
      at++
      readValue(member, depth)
      if (text[at] === '}') return void at++
      if (text[at] !== ',') throw invalid()
      at++
      skipBlanks()
    }
  }

  function readArray(path: JsonPath, depth: number): void {
    at++
    skipBlanks()
    if (text[at] === ']') return void at++
    for (let index = 0; ; index++) {
      readValue({ parent: path, segment: String(index), key: index, shape: path.shape?.items }, depth)
      if (text[at] === ']') return void at++
      if (text[at] !== ',') throw invalid()
      at++
    }
  }

  function readValue(path: JsonPath, depth: number): void {
    skipBlanks()
    const start = at
    switch (text.charAt(at)) {
      case '"': {
        const value = readString(path)
        leaves.push({ kind: 'string', start, end: at, value, path })
        break
      }
      case '{':
      case '[': {
        if (path.shape?.refusal && !path.shape.refusal.unless.has(text.slice(at, at + 2))) throw refused(path)
        if (depth >= maxDepth) throw refusal('body.too-deep', path, `deeper than ${maxDepth}`)
        const before = leaves.length
        if (text[at] === '{') readObject(path, depth + 1)
        else readArray(path, depth + 1)
        if (path.shape?.use === 'json' || path.shape?.isJson === true) {
          leaves.splice(before, Infinity, { kind: 'json', start, end: at, value: text.slice(start, at), path })
        }
        break
      }
      default:
        readWord(path)
    }
    if (path.shape) {
      const { refusal, featureOf } = path.shape
      if (refusal && !refusal.unless.has(text.slice(start, at))) throw refused(path)
      const feature = onFeature && featureOf?.(text.slice(start, at))
      if (feature !== undefined) onFeature?.(feature)
    }
    skipBlanks()
  }

  function readWord(path: JsonPath): void {
    for (const word of ['true', 'false', 'null']) {
      if (text.startsWith(word, at)) {
        onWord?.(path, at, at + word.length)
        at += word.length
        return
      }
    }
    number.lastIndex = at
    const match = number.exec(text)
    if (!match) throw invalid()
    if (isVast(match[0])) throw refusal('body.invalid', path, 'a number larger than a double')
    leaves.push({ kind: 'number', start: at, end: at + match[0].length, value: match[0], path })
    at += match[0].length
  }

  readValue({ parent: undefined, segment: '', key: ROOT_KEY, shape }, 0)
  if (at !== text.length) throw invalid()
  return leaves
}

/** Readers take it for infinity, for a huge number or for an error, each as it likes (RFC 7493, section 2.2). */
function isVast(number: string): boolean {
  return (number.length >= MAX_DIGITS || /[eE]/.test(number)) && !Number.isFinite(Number(number))
}

function unescape(literal: string): string {
  try {
    return JSON.parse(literal) as string
  } catch (cause) {
    throw invalid(cause)
  }
}

function invalid(cause?: unknown): AppError {
  return new AppError('body.invalid-json', { message: 'the body is not one JSON value', cause })
}

function refused(path: JsonPath): AppError {
  return refusal(path.shape?.refusal?.code ?? 'body.invalid', path, 'refused here')
}

function refusal(code: ErrorCode, path: JsonPath, rule: string): AppError {
  const field = pointerOf(path)
  return new AppError(code, { message: `${field === '' ? 'the body' : field}: ${rule}`, field })
}
