/** A JSON Schema as a caller wrote it. */
export type JsonSchema = Readonly<Record<string, unknown>> | boolean

/** What a request declares about the form of its answer. */
export interface DeclaredForms {
  /** Of the answer's own text. */
  readonly content: JsonSchema | undefined
  /** Of the arguments of tools that are to be called strictly, by name. */
  readonly tools: ReadonlyMap<string, JsonSchema>
}

type Members = Readonly<Record<string, unknown>>

/** Keywords on strings that a token cannot fulfil. */
const STRING_KEYWORDS: ReadonlySet<string> = new Set(['pattern', 'format', 'minLength', 'maxLength'])
/** Keywords whose members are schemas under names of the caller's. */
const NAMED: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
])
const LISTED: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items'])
const SINGLE: ReadonlySet<string> = new Set([
  'items',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
  'not',
  'if',
  'then',
  'else',
])

/** In the words of chat completions, responses and messages. */
export function findForms(body: Members): DeclaredForms {
  const tools = new Map<string, JsonSchema>()
  for (const place of findPlaces(body)) if (place.tool !== undefined) tools.set(place.tool, place.schema)
  return { content: findPlaces(body).find(({ tool }) => tool === undefined)?.schema, tools }
}

/**
 * The masked body with schemas that tokens fulfil too: what constrains the text of strings is left out, so that a model
 * that is held to its schema can say a token. Numbers keep their spelling.
 */
export function relaxBody(text: string): string {
  const body = asMembers(parseKeeping(text))
  for (const { holder, key, schema } of findPlaces(body)) Reflect.set(holder, key, relaxSchema(schema))
  return JSON.stringify(body)
}

export function relaxSchema(schema: JsonSchema): JsonSchema {
  return relax(schema) as JsonSchema
}

/** Names of properties whose text has a format, with it; names that have several are left out. */
export function listFormats(schema: JsonSchema): ReadonlyMap<string, string> {
  const formats = new Map<string, string>()
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(collect)
    const members = asMembers(node)
    for (const [name, property] of Object.entries(asMembers(members['properties']))) {
      const { format } = asMembers(property)
      if (typeof format === 'string') formats.set(name, formats.has(name) && formats.get(name) !== format ? '' : format)
    }
    Object.values(members).forEach(collect)
  }
  collect(schema)
  return formats
}

interface Place {
  readonly holder: Members
  readonly key: string
  readonly schema: JsonSchema
  readonly tool?: string
}

function findPlaces(body: Members): Place[] {
  const places: Place[] = []
  const add = (holder: Members, key: string, tool?: string): void => {
    const schema = holder[key]
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema))
      places.push({ holder, key, schema: asMembers(schema), ...(tool !== undefined && { tool }) })
  }
  const { response_format: response, text, output_format: output, output_config: config } = body
  add(asMembers(asMembers(response)['json_schema']), 'schema')
  add(asMembers(asMembers(text)['format']), 'schema')
  for (const format of [output, asMembers(config)['format']]) add(asMembers(format), 'schema')
  for (const entry of Array.isArray(body['tools']) ? body['tools'] : []) {
    const outer = asMembers(entry)
    const tool = 'function' in outer ? asMembers(outer['function']) : outer
    if (tool['strict'] !== true || typeof tool['name'] !== 'string') continue
    add(tool, 'parameters' in tool ? 'parameters' : 'input_schema', tool['name'])
  }
  return places
}

function relax(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema
  const kept = Object.entries(schema).filter(
    ([keyword, value]) => !STRING_KEYWORDS.has(keyword) || isSchemaMember(value),
  )
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, relaxKeyword(keyword, value)]))
}

function relaxKeyword(keyword: string, value: unknown): unknown {
  if (NAMED.has(keyword))
    return Object.fromEntries(Object.entries(asMembers(value)).map(([name, schema]) => [name, relax(schema)]))
  if (LISTED.has(keyword) && Array.isArray(value)) return value.map(relax)
  return SINGLE.has(keyword) ? relax(value) : value
}

/** No keyword on strings has an object as its value. */
function isSchemaMember(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !SOURCE.isRawJSON(value)
}

/** ES2026's access to the source text of numbers, which the compiler's library does not know yet. */
interface SourceAccess {
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
}
const SOURCE = JSON as unknown as SourceAccess

/** As JSON.parse does, with numbers that JSON.stringify spells as they were. */
function parseKeeping(text: string): unknown {
  return SOURCE.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined ? SOURCE.rawJSON(source) : value,
  )
}

/** The object itself, so that its members can be set. */
function asMembers(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}
}
