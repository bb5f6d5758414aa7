import { AppError } from '@breakwater/kernel'
import { toAppError } from '../../platform/http/problem.ts'
import { splitMembers } from './members.ts'
import type { LinePipeline } from './types.ts'

/** A request of a batch. */
export interface BatchLine {
  readonly customId: string
  readonly url: string
  /** As it stands in the line. */
  readonly body: string
  /** What it says of itself beside what its batch says, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
}

const MEMBERS: ReadonlySet<string> = new Set(['custom_id', 'method', 'url', 'body'])
const OWN_HEADERS = 'headers'
/** Whose data a line is about, and how sensitive: nothing by which it could do more than its batch. */
const HEADERS: ReadonlySet<string> = new Set(['breakwater-conversation', 'breakwater-labels', 'breakwater-patient'])
const LABELS = 'breakwater-labels'
const MAX_ID_CHARS = 512

/** Throws `body.*` with the number of the line and the rule that it breaks, never a value. */
export function checkLine(text: string, number: number, pipeline: LinePipeline): BatchLine {
  try {
    const line = readLine(text)
    if (!pipeline.urls.includes(line.url)) throw refuse('/url', 'not a path whose requests are run in batches')
    pipeline.check(line)
    return line
  } catch (thrown) {
    const { code, message, field = '' } = toAppError(thrown)
    // By declared names and indices only: what pipelines say of bodies is made for callers to read.
    const place = field === '' || field.startsWith('/') ? field : `/headers/${field}`
    throw new AppError(code, { message: `line ${number}: ${message}`, field: `/${number}${place}`, cause: thrown })
  }
}

/** A line that was checked before. */
export function readLine(text: string): BatchLine {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('', 'must be one JSON object')
  const members = splitMembers(text)
  const names = members.map(({ name }) => name)
  const needed = names.filter((name) => name !== OWN_HEADERS)
  if (
    needed.length !== MEMBERS.size ||
    !needed.every((name) => MEMBERS.has(name)) ||
    new Set(names).size < names.length
  ) {
    throw refuse('', 'must hold custom_id, method, url and body, each once, and headers if wanted')
  }
  const { custom_id: customId, method, url, body, headers } = value as Record<string, unknown>
  if (typeof customId !== 'string' || customId === '' || customId.length > MAX_ID_CHARS || !customId.isWellFormed()) {
    throw refuse('/custom_id', `must be a text of 1 to ${MAX_ID_CHARS} characters`)
  }
  if (method !== 'POST') throw refuse('/method', 'must be POST')
  if (typeof url !== 'string') throw refuse('/url', 'must be a path')
  if (typeof body !== 'object' || body === null) throw refuse('/body', 'must be an object')
  return { customId, url, body: members.find(({ name }) => name === 'body')?.text ?? '', headers: readHeaders(headers) }
}

function readHeaders(value: unknown): BatchLine['headers'] {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('/headers', 'must be an object')
  const headers = Object.entries(value).map(([name, text]) => [name.toLowerCase(), text] as const)
  const isKnown = headers.every(([name, text]) => HEADERS.has(name) && typeof text === 'string')
  if (!isKnown || new Set(headers.map(([name]) => name)).size < headers.length) {
    throw refuse('/headers', `must hold texts under ${[...HEADERS].join(', ')}, each once and nothing else`)
  }
  return Object.fromEntries(headers) as Record<string, string>
}

/** A line's own word for its patient and its conversation; its labels beside those of the batch. */
export function joinHeaders(batch: BatchLine['headers'], line: BatchLine['headers']): BatchLine['headers'] {
  const labels = [batch[LABELS], line[LABELS]].filter((each) => each !== undefined && each !== '').join(',')
  return { ...batch, ...line, ...(labels !== '' && { [LABELS]: labels }) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes what it read.
    throw new AppError('body.invalid-json', { message: 'not one JSON value' })
  }
}

function refuse(field: string, rule: string): AppError {
  return new AppError('body.invalid', { message: `${field === '' ? 'the line' : field}: ${rule}`, field })
}
