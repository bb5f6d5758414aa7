/** What of a JSON schema this looks at. */
interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: boolean | Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

interface Media {
  readonly schema?: Schema
}

interface Operation {
  readonly requestBody?: { readonly content?: Readonly<Record<string, Media>> }
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** One property of the description, as `endpoint`, part of it, path, and what its value may be. */
export interface Property {
  readonly endpoint: string
  readonly part: string
  /** Names, `[]` for elements, `*` for names that a caller invents, `(x)` for the member of a union whose type is `x`. */
  readonly path: string
  /** Sorted: `array`, `boolean`, `number`, `object`, `string`, `=value` of a closed list, or `^Name`, a part of its own. */
  readonly kinds: string
}

/** A closed list of more values is one of names of models. */
const MAX_CHOICES = 20

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** Operations that are served, by the endpoint that the contract knows. */
const SERVED: Readonly<Record<string, string>> = {
  'POST /chat/completions': 'chat.completions',
  'POST /completions': 'completions',
  'POST /embeddings': 'embeddings',
  'POST /moderations': 'moderations',
  'POST /responses': 'responses',
  'GET /models': 'models',
  'GET /models/{model}': 'models',
}

/** Operations that this server answers by itself: nothing of them goes on, and their bodies are read by schemas of its own. */
const ANSWERED_HERE: ReadonlySet<string> = new Set([
  'DELETE /files/{file_id}',
  'GET /batches',
  'GET /batches/{batch_id}',
  'GET /files/{file_id}',
  'GET /files/{file_id}/content',
  'POST /batches',
  'POST /batches/{batch_id}/cancel',
  'POST /files',
])

/** The endpoint that serves an operation. What its path has behind a question mark is passed on by none. */
export function servedBy(operation: string): string | undefined {
  const name = operation.split('?', 1)[0] ?? ''
  return ANSWERED_HERE.has(name) ? 'batches' : SERVED[name]
}

/** Schemas that stand in many places and are listed once, as parts of their own. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  responses: ['Annotation', 'InputItem', 'Tool', 'OutputItem', 'Response'],
}

/** `METHOD /path` of every operation, sorted. */
export function listOperations({ paths }: Description): string[] {
  return Object.entries(paths)
    .flatMap(([path, item]) =>
      METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    .sort()
}

/** Every property that a request to a served operation, its answer, or an event of its stream may hold; sorted. */
export function listProperties(description: Description): Property[] {
  const found = new Map<string, Set<string>>()
  for (const [operation, endpoint] of Object.entries(SERVED)) {
    for (const [part, schema] of partsOf(description, operation, endpoint)) {
      const add = (path: string, kinds: readonly string[]): void => {
        const key = [endpoint, part, path].join('\t')
        const known = found.get(key) ?? new Set()
        found.set(key, known)
        for (const kind of kinds) known.add(kind)
      }
      walk({ schemas: description.components.schemas, cuts: PARTS[endpoint] ?? [], add }, schema, '', [part])
    }
  }
  return [...found]
    .map(([key, kinds]) => {
      const [endpoint = '', part = '', path = ''] = key.split('\t')
      return { endpoint, part, path, kinds: [...kinds].sort().join('|') }
    })
    .sort((a, b) => compare(a.endpoint, b.endpoint) || compare(a.part, b.part) || compare(a.path, b.path))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function partsOf(description: Description, operation: string, endpoint: string): [string, Schema][] {
  const [method = '', path = ''] = operation.toLowerCase().split(' ')
  const { requestBody, responses } = (description.paths[path]?.[method] ?? {}) as Operation
  const parts: [string, Schema | undefined][] = [
    ['request', requestBody?.content?.['application/json']?.schema],
    [path.includes('{') ? 'one' : 'answer', responses?.['200']?.content?.['application/json']?.schema],
    ['event', responses?.['200']?.content?.['text/event-stream']?.schema],
    ...(PARTS[endpoint] ?? []).map((name): [string, Schema | undefined] => [
      name,
      description.components.schemas[name],
    ]),
  ]
  return parts.flatMap(([part, schema]) => (schema ? [[part, schema]] : []))
}

interface Walk {
  readonly schemas: Description['components']['schemas']
  readonly cuts: readonly string[]
  readonly add: (path: string, kinds: readonly string[]) => void
}

/** `above` are the names of the schemas that this one stands in: one that holds itself is not walked again. */
function walk(context: Walk, given: Schema, path: string, above: readonly string[]): void {
  const name = given.$ref?.split('/').at(-1)
  if (name !== undefined && above.includes(name)) return context.add(path, ['^self'])
  if (name !== undefined && path !== '' && context.cuts.includes(name)) return context.add(path, [`^${name}`])
  const inside = name === undefined ? above : [...above, name]
  const schema = resolve(context, given)
  if (isProperty(path)) context.add(path, kindsOf(schema))
  const members = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  for (const member of members) {
    const tag = members.length > 1 ? tagOf(context, member) : undefined
    walk(context, member, tag === undefined ? path : `${path}(${tag})`, inside)
  }
  for (const part of schema.allOf ?? []) walk(context, part, path, inside)
  for (const [property, value] of Object.entries(schema.properties ?? {})) {
    walk(context, value, path === '' ? property : `${path}.${property}`, inside)
  }
  if (schema.items) walk(context, schema.items, `${path}[]`, inside)
  const others = schema.additionalProperties
  if (typeof others === 'object') walk(context, others, `${path}.*`, inside)
}

/** Not an element of a list and not one member of a union: those are told by what they hold. */
function isProperty(path: string): boolean {
  return path !== '' && !path.endsWith(']') && !path.endsWith(')')
}

function resolve({ schemas }: Pick<Walk, 'schemas'>, schema: Schema): Schema {
  const target = schema.$ref === undefined ? undefined : schemas[schema.$ref.split('/').at(-1) ?? '']
  return target ?? schema
}

function kindsOf({ type, enum: values, const: constant, properties, items }: Schema): string[] {
  const choices = (constant === undefined ? (values ?? []) : [constant]).filter((value) => value !== null)
  if (choices.length > MAX_CHOICES) return ['choice']
  if (choices.length > 0) return choices.map((value) => `=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  if (type === 'integer') return ['number']
  if (type !== undefined && type !== 'null') return [type]
  if (properties) return ['object']
  return items ? ['array'] : []
}

/** What tells a member of a union from the others: the one value of its `type`, or else of its `role`. */
function tagOf(context: Walk, member: Schema): string | undefined {
  const { allOf = [], properties } = resolve(context, member)
  const all: Readonly<Record<string, Schema>> = Object.assign(
    {},
    properties,
    ...allOf.map((part) => resolve(context, part).properties),
  )
  for (const field of ['type', 'role']) {
    const given = all[field]
    const { enum: values, const: constant } = given ? resolve(context, given) : {}
    const value = constant ?? (values?.length === 1 ? values[0] : undefined)
    if (typeof value === 'string') return value
  }
  return undefined
}
