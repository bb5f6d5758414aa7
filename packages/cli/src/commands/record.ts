import type { Style } from '../style.ts'

/** One record as names and values, one a line. */
export function describeRecord(record: object, style: Style): string[] {
  const { id, version, ...others } = Object.fromEntries<unknown>(Object.entries(record))
  const fields = Object.entries({ id, version, ...others })
  const width = Math.max(...fields.map(([name]) => name.length))
  return fields.map(([name, value]) => `${style.dim(name.padEnd(width))}   ${describeValue(value)}`)
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? value.map(describeValue).join(', ') : '-'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}
