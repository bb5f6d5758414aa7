import { AppError } from '@breakwater/kernel'
import type { Line } from './lines.ts'

/** One line of input: `{"id": ..., "text": ...}`. */
export interface Document {
  readonly id: string | number
  readonly text: string
  /** Members besides id and text; they are never passed on. */
  readonly otherMembers: number
}

/** Reads a line. Throws `body.invalid-json` or `body.invalid`, naming line and rule, nothing of the content. */
export function parseDocument({ number, text: json }: Line): Document {
  const refuse = (code: 'body.invalid' | 'body.invalid-json', rule: string): AppError =>
    new AppError(code, { message: `line ${number}: ${rule}` })
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // Without the cause: a JSON error quotes its input.
    throw refuse('body.invalid-json', 'not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('body.invalid', 'not an object')
  const { id, text } = value as Readonly<Record<string, unknown>>
  // A longer number would come out as another one.
  if (typeof id !== 'string' && !isWhole(id)) throw refuse('body.invalid', 'id must be a string or a whole number')
  if (typeof text !== 'string') throw refuse('body.invalid', 'text must be a string')
  return { id, text, otherMembers: Object.keys(value).length - 2 }
}

function isWhole(id: unknown): id is number {
  return Number.isSafeInteger(id)
}

/** Does the work on one line; a refusal names it. */
export function atLine<Value>({ number }: Line, work: () => Value): Value {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof AppError)
      throw new AppError(cause.code, { message: `line ${number}: ${cause.message}`, cause })
    throw cause
  }
}
