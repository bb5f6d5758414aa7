import { AppError } from '@breakwater/kernel'
import type { Comparison, PageQuery } from '../types.ts'

const MAX_CHARS = 1_024
const MAX_COUNT = 200
const DEFAULT_COUNT = 100
const COMPARISON =
  /^(?:urn:[\w.:-]{1,200}:)?([A-Za-z][\w.]{0,63}) +eq +("(?:[^"\\]|\\["\\/bfnrtu])*")(?: +and +(?=\S)|$)/i

/** The part of RFC 7644 section 3.4.2 that directories use: comparisons by `eq`, joined by `and`, of listed attributes. */
export function parseQuery(
  query: Readonly<Record<string, string | undefined>>,
  attributes: Readonly<Record<string, string>>,
): PageQuery {
  const { filter, startIndex, count } = query
  return {
    filter: filter === undefined ? [] : parseFilter(filter, attributes),
    startIndex: Math.max(1, readInteger(startIndex, 1)),
    count: Math.min(MAX_COUNT, Math.max(0, readInteger(count, DEFAULT_COUNT))),
  }
}

function parseFilter(text: string, attributes: Readonly<Record<string, string>>): readonly Comparison[] {
  let rest = text.trim()
  if (rest === '' || rest.length > MAX_CHARS) throw refuse()
  const found: Comparison[] = []
  while (rest !== '') {
    const match = COMPARISON.exec(rest)
    const attribute = attributes[match?.[1]?.toLowerCase() ?? '']
    if (!match || attribute === undefined) throw refuse()
    found.push({ attribute, value: unquote(match[2] ?? '') })
    rest = rest.slice(match[0].length)
  }
  return found
}

function unquote(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string') return value
  } catch {
    throw refuse()
  }
  throw refuse()
}

function readInteger(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^-?\d{1,9}$/.test(text)) {
    throw new AppError('body.invalid', { message: 'startIndex and count are whole numbers', field: '/startIndex' })
  }
  return Number(text)
}

function refuse(): AppError {
  return new AppError('scim.invalid-filter', {
    message: 'a filter is attribute eq "value", of the attributes listed here',
  })
}
