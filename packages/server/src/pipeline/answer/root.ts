import { AppError } from '@breakwater/kernel'
import type { JsonPath } from '../walk/path.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** The object of an answer's document. Throws `provider.invalid-answer`. */
export function readObject(text: string): JsonObject {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch (cause) {
    throw invalidAnswer('the answer is not JSON', cause)
  }
  if (!isRecord(root)) throw invalidAnswer('the answer is not an object')
  return root
}

/** Names and indices from the root; an element that says its `index` goes by it, not by its position. */
export function placeOf(path: JsonPath, root: unknown): (string | number)[] {
  let node: unknown = root
  return keysOf(path).map((key) => {
    node = typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined
    return typeof key === 'number' ? (indexOf(node) ?? key) : key
  })
}

/** Names and indices from the root. */
export function keysOf(path: JsonPath): (string | number)[] {
  const keys: (string | number)[] = []
  for (let at: JsonPath | undefined = path; at?.parent; at = at.parent) keys.unshift(at.key)
  return keys
}

/** What an element says of its own place. */
export function indexOf(element: unknown): number | undefined {
  const index = isRecord(element) ? element['index'] : undefined
  return Number.isSafeInteger(index) && Number(index) >= 0 ? Number(index) : undefined
}

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function invalidAnswer(message: string, cause?: unknown): AppError {
  return new AppError('provider.invalid-answer', { message, cause })
}

export function providerFailed(): AppError {
  return new AppError('provider.failed', { message: 'the provider failed' })
}
