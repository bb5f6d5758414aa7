import type { describeApi } from '@breakwater/contract'
import type { Example, Examples } from './prepare.ts'

type Json = Record<string, unknown>

interface Operation extends Json {
  operationId: string
  parameters?: Json[]
  requestBody?: { required: boolean; content: Record<string, { schema: unknown; example?: unknown }> }
}

const text = (value: unknown): Json => ({ type: 'string', ...(value === undefined ? {} : { const: value }) })
const CHAT = {
  type: 'object',
  required: ['model', 'messages'],
  properties: {
    model: { anyOf: [{ const: 'demo' }, { type: 'string', maxLength: 64 }] },
    messages: {
      type: 'array',
      minItems: 1,
      maxItems: 5,
      items: {
        type: 'object',
        required: ['role', 'content'],
        properties: {
          role: { enum: ['system', 'user', 'assistant'] },
          content: { type: 'string', maxLength: 400 },
        },
      },
    },
    temperature: { type: 'number', minimum: 0, maximum: 2 },
    max_tokens: { type: 'integer', minimum: 1, maximum: 100 },
  },
}
const REFUSED_TO_CLIENTS = {
  description: 'Refused, in the shape that its clients expect.',
  content: { 'application/json': { schema: { type: 'object' } } },
}
const PROBLEM = {
  description: 'Refused.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function describeChat(operationId: string, refused: Json): Json {
  const purpose = {
    name: 'breakwater-purpose',
    in: 'header',
    schema: { enum: ['TREAT', 'HPAYMT', 'HRESCH', 'HMARKT'] },
  }
  return {
    operationId,
    parameters: [purpose],
    requestBody: { required: true, content: { 'application/json': { schema: CHAT } } },
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: { type: 'object' } } } },
      default: refused,
    },
  }
}

/**
 * The document that the server publishes, with the crossing, the preview and the token endpoint's header added, an example
 * for each route, and the ids that exist among the values of its parameters. Credentials come from outside.
 */
export function describeRun(
  published: ReturnType<typeof describeApi>,
  examples: Examples,
  ids: readonly string[],
): Json {
  const document = JSON.parse(JSON.stringify(published, dropPattern)) as {
    paths: Record<string, Record<string, Operation>>
  } & Json
  document.paths['/v1/chat/completions'] = { post: describeChat('cross', REFUSED_TO_CLIENTS) as Operation }
  document.paths['/api/v1/preview'] = { post: describeChat('preview', PROBLEM) as Operation }
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) {
      delete operation['security']
      if (operation.operationId === 'issueAccessToken') {
        operation.parameters = [{ name: 'dpop', in: 'header', schema: { type: 'string' } }]
      }
      addExample(operation, examples[operation.operationId as keyof Examples] ?? {}, ids)
    }
  }
  return document
}

/** A header that nobody reads: schemathesis asks only what has an example in it. */
const ASIDE = { name: 'x-judge', in: 'header', schema: { const: 'yes' }, example: 'yes' }

/** A pattern that schemathesis can make no text for: examples and other text ask instead. */
function dropPattern(key: string, value: unknown): unknown {
  return key === 'pattern' && typeof value === 'string' && value.startsWith('^[^\\p{') ? undefined : value
}

function addExample(
  operation: Operation,
  { path = {}, query = {}, headers = {}, body }: Example,
  ids: readonly string[],
): void {
  for (const parameter of operation.parameters ?? []) {
    const name = String(parameter['name'])
    const known = { ...path, ...query, ...headers }[name]
    if (known !== undefined) parameter['example'] = known
    if (parameter['in'] !== 'path') continue
    const others = ids.map((id) => text(id))
    parameter['schema'] = { anyOf: [...(known === undefined ? [] : [text(known)]), ...others, parameter['schema']] }
  }
  if (body === undefined && Object.keys({ ...path, ...query, ...headers }).length === 0)
    operation.parameters = [...(operation.parameters ?? []), ASIDE]
  if (body === undefined) return
  for (const content of Object.values(operation.requestBody?.content ?? {})) content.example = body
}
