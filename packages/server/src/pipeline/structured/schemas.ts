import { isNumericMember } from '../mask/members.ts'

/** A JSON Schema as a caller wrote it. */
export type JsonSchema = Readonly<Record<string, unknown>> | boolean

/** What a request declares about the form of its answer. */
export interface DeclaredForms {
  /** Of the answer's own text. */
  readonly content: JsonSchema | undefined
  /** Of the arguments of tools, by name. */
  readonly tools: ReadonlyMap<string, DeclaredTool>
}

interface DeclaredTool {
  readonly schema: JsonSchema
  /** Its arguments are promised to fulfil the schema. */
  readonly isStrict: boolean
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
  const tools = new Map<string, DeclaredTool>()
  for (const { tool, schema, isStrict = false } of findPlaces(body))
    if (tool !== undefined) tools.set(tool, { schema, isStrict })
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

/** What a schema demands of the value of a property. */
export interface Demand {
  /** Keywords on strings, with their values. */
  readonly keywords: Members
  /** A number is demanded where an identifier may stand. */
  readonly isNumber: boolean
}

/** By the names of properties; a name of which several things are demanded is left out. */
export function listDemands(schema: JsonSchema): ReadonlyMap<string, Demand> {
  const demands = new Map<string, Demand | undefined>()
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(collect)
    const members = asMembers(node)
    for (const [name, property] of Object.entries(asMembers(members['properties']))) {
      const demand = demandOf(name, property)
      if (!demand) continue
      const isNew = !demands.has(name) || JSON.stringify(demands.get(name)) === JSON.stringify(demand)
      demands.set(name, isNew ? demand : undefined)
    }
    Object.values(members).forEach(collect)
  }
  collect(schema)
  return new Map([...demands].flatMap(([name, demand]) => (demand ? [[name, demand] as const] : [])))
}

/** Of a property itself, or of what may stand in its place: `string | null`, each of a list. */
function demandOf(name: string, property: unknown): Demand | undefined {
  const nodes = [property, ...alternativesOf(property), ...alternativesOf(asMembers(property)['items'])]
  const keywords = nodes.map((node) =>
    Object.entries(asMembers(node)).filter(([keyword]) => STRING_KEYWORDS.has(keyword)),
  )
  const isNumber = nodes.some((node) => mayBeNumberedBy(name, node))
  const own = keywords.find((found) => found.length > 0) ?? []
  return own.length === 0 && !isNumber ? undefined : { keywords: Object.fromEntries(own), isNumber }
}

function alternativesOf(node: unknown): unknown[] {
  const members = asMembers(node)
  return [node, ...['anyOf', 'oneOf', 'allOf'].flatMap((list) => asList(members[list]))]
}

interface Place {
  readonly holder: Members
  readonly key: string
  readonly schema: JsonSchema
  readonly tool?: string
  readonly isStrict?: boolean
}

function findPlaces(body: Members): Place[] {
  const places: Place[] = []
  const add = (holder: Members, key: string, of: Pick<Place, 'tool' | 'isStrict'> = {}): void => {
    const schema = holder[key]
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema))
      places.push({ holder, key, schema: asMembers(schema), ...of })
  }
  const { response_format: response, text, output_format: output, output_config: config } = body
  add(asMembers(asMembers(response)['json_schema']), 'schema')
  add(asMembers(asMembers(text)['format']), 'schema')
  for (const format of [output, asMembers(config)['format']]) add(asMembers(format), 'schema')
  for (const entry of [...asList(body['tools']), ...asList(body['functions'])]) {
    const outer = asMembers(entry)
    const tool = 'function' in outer ? asMembers(outer['function']) : outer
    const { name, strict } = tool
    if (typeof name !== 'string') continue
    // A strict one or not: engines hold a model to the schema of a tool that it must call.
    add(tool, 'parameters' in tool ? 'parameters' : 'input_schema', { tool: name, isStrict: strict === true })
  }
  return places
}

function relax(schema: unknown, name = ''): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema
  const kept = Object.entries(schema).filter(
    ([keyword, value]) => !STRING_KEYWORDS.has(keyword) || isSchemaMember(value),
  )
  const relaxed = Object.fromEntries(kept.map(([keyword, value]) => [keyword, relaxKeyword(keyword, value, name)]))
  const { type, format, description } = asMembers(schema)
  return {
    ...relaxed,
    ...(mayBeNumberedBy(name, schema) && { type: [...(Array.isArray(type) ? type : [type]), 'string'] }),
    // What the model writes itself is held to it still.
    ...(typeof format === 'string' && {
      description: [...(typeof description === 'string' ? [description] : []), `Format: ${format}.`].join(' '),
    }),
  }
}

/** `name` is that of the property whose value a schema describes. */
function relaxKeyword(keyword: string, value: unknown, name: string): unknown {
  if (NAMED.has(keyword))
    return Object.fromEntries(
      Object.entries(asMembers(value)).map(([member, schema]) => [member, relax(schema, member)]),
    )
  if (LISTED.has(keyword) && Array.isArray(value)) return value.map((schema) => relax(schema, name))
  return SINGLE.has(keyword) ? relax(value, name) : value
}

/** Whether a number is demanded where, by its name, an identifier stands: a token is no number. */
function mayBeNumberedBy(name: string, schema: unknown): boolean {
  const { type, enum: values } = asMembers(schema)
  const types: readonly unknown[] = Array.isArray(type) ? type : [type]
  const isNumber = types.includes('integer') || types.includes('number')
  return isNumber && !types.includes('string') && values === undefined && isNumericMember(name)
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

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
