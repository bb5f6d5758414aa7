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
}

const MEMBERS: ReadonlySet<string> = new Set(['custom_id', 'method', 'url', 'body'])
const MAX_ID_CHARS = 512

/** Throws `body.*` with the number of the line and the rule that it breaks, never a value. */
export function checkLine(text: string, number: number, pipeline: LinePipeline): BatchLine {
  try {
    const line = readLine(text)
    if (!pipeline.urls.includes(line.url)) throw refuse('/url', 'not a path whose requests are run in batches')
    pipeline.check(line.url, line.body)
    return line
  } catch (thrown) {
    const { code, message, field = '' } = toAppError(thrown)
    // By declared names and indices only: what pipelines say of bodies is made for callers to read.
    throw new AppError(code, { message: `line ${number}: ${message}`, field: `/${number}${field}`, cause: thrown })
  }
}

/** A line that was checked before. */
export function readLine(text: string): BatchLine {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('', 'must be one JSON object')
  const members = splitMembers(text)
  const names = members.map(({ name }) => name)
  if (
    names.length !== MEMBERS.size ||
    !names.every((name) => MEMBERS.has(name)) ||
    new Set(names).size < names.length
  ) {
    throw refuse('', 'must hold custom_id, method, url and body, each once and nothing else')
  }
  const { custom_id: customId, method, url, body } = value as Record<string, unknown>
  if (typeof customId !== 'string' || customId === '' || customId.length > MAX_ID_CHARS || !customId.isWellFormed()) {
    throw refuse('/custom_id', `must be a text of 1 to ${MAX_ID_CHARS} characters`)
  }
  if (method !== 'POST') throw refuse('/method', 'must be POST')
  if (typeof url !== 'string') throw refuse('/url', 'must be a path')
  if (typeof body !== 'object' || body === null) throw refuse('/body', 'must be an object')
  return { customId, url, body: members.find(({ name }) => name === 'body')?.text ?? '' }
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
