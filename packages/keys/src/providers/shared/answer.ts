import { kekError } from '../../kek-provider.ts'

/** Fields of an answer, read one by one: nothing of it is believed before it was looked at. */
export type Fields = Readonly<Record<string, unknown>>

/** The fields of an object, none of anything else. */
export function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** Throws `keys.unavailable` when the service left it out: such an answer is not one of a key service. */
export function readText(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string' || value === '') throw kekError('keys.unavailable')
  return value
}

/** Throws `keys.unavailable` unless it is base64 as its writer would write it. */
export function readBase64(fields: Fields, name: string): Buffer {
  const text = readText(fields, name)
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw kekError('keys.unavailable')
  return bytes
}
