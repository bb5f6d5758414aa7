import { entryOf, parseExact } from './json.ts'
import { invalidAnswer } from './refusals.ts'

/** Throws `provider.invalid-answer` for what is not JSON, without a word of it. */
export function parseAnswer(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    throw invalidAnswer('the answer is not JSON')
  }
}

/** Throws `provider.invalid-answer`. */
export function requireText(value: unknown): string {
  if (typeof value !== 'string') throw invalidAnswer('a text of the answer is missing')
  return value
}

/** The entry of a table under a name that somebody else wrote. Throws `provider.invalid-answer` when there is none. */
export function requireKnown<T>(table: Readonly<Record<string, T>>, name: unknown, what: string): T {
  const known = entryOf(table, name)
  if (known === undefined) throw invalidAnswer(`${what} of a kind that is not known`)
  return known
}
