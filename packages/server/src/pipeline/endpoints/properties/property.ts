import { readFileSync } from 'node:fs'

const FOLDER = new URL('../../../../test-data/openai-description/', import.meta.url)

/** A row of `properties.tsv`. */
export interface ClassifiedProperty {
  readonly endpoint: string
  readonly part: string
  readonly path: string
  readonly kinds: readonly string[]
  readonly class: string
  readonly detail: string
}

export function readProperties(): ClassifiedProperty[] {
  return readRows('properties.tsv').map(([endpoint = '', part = '', path = '', kinds = '', own = '', detail = '']) => ({
    endpoint,
    part,
    path,
    kinds: kinds.split('|'),
    class: own,
    detail,
  }))
}

/** `METHOD /path` and the endpoint that serves it, or `refused`. */
export function readOperations(): [operation: string, endpoint: string][] {
  return readRows('operations.tsv').map(([operation = '', endpoint = '']) => [operation, endpoint])
}

function readRows(name: string): string[][] {
  return readFileSync(new URL(name, FOLDER), 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'))
}

type Json = Record<string, unknown>

const STEP = /\.?([^.[\]()]+)|\[\]|\(([^)]*)\)/g
const ROLES: ReadonlySet<string> = new Set(['assistant', 'developer', 'function', 'system', 'tool', 'user'])

/**
 * The smallest document that holds the property with this value: `(x)` on the way becomes a `type` or a `role`. A tag that
 * the path ends in is the value's own object.
 */
export function documentWith(path: string, value: unknown): unknown {
  const steps = Array.from(path.matchAll(STEP), ([whole, name, tag]) => ({ whole, name, tag }))
  return steps.reduceRight<unknown>((inner, { whole, name, tag }, at) => {
    // Parts of a message that the description knows one kind of only.
    if (whole === '[]' && steps[at - 1]?.name === 'content')
      return [{ type: path.startsWith('(reasoning)') ? 'reasoning_text' : 'text', ...(inner as Json) }]
    if (whole === '[]') return [inner]
    if (tag !== undefined) return { ...tagged(tag), ...(inner as Json) }
    return { [name === '*' ? 'any' : String(name)]: inner }
  }, value)
}

function tagged(tag: string): Json {
  return ROLES.has(tag) ? { role: tag } : { type: tag }
}
