/** A parsed object of somebody else's. */
export type Fields = Readonly<Record<string, unknown>>

/** What `JSON` of the runtime can and the types do not know yet: the text of numbers (TC39, JSON.parse source text access). */
interface JsonWithSource {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  rawJSON(text: string): unknown
}

const json = JSON as unknown as JsonWithSource

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** No members for what is no object. */
export function toFields(value: unknown): Fields {
  return isFields(value) ? value : {}
}

/** No elements for what is no list. */
export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The entry of a table under a name that somebody else wrote: never one that every object has. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: unknown): T | undefined {
  return typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

/**
 * Parses so that `JSON.stringify` writes every number with the text it came with: a record number of twenty digits or a
 * dose of 1.0 must not change on the way. Throws `SyntaxError`.
 */
export function parseExact(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  )
}
