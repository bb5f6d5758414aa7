import { z } from 'zod'
import { problemSchema } from './problem.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'

type Json = { readonly [key: string]: unknown }

const SECURITY = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A token of a service, or of a person’s session.' },
  dpop: { type: 'http', scheme: 'dpop', description: 'An access token with a proof of possession (RFC 9449).' },
  session: { type: 'apiKey', in: 'cookie', name: '__Host-breakwater', description: 'The console’s session.' },
} as const

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }

/** The API of administration as an OpenAPI 3.1 document, made from the table of routes. */
export function describeApi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(name, route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Breakwater', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: { securitySchemes: SECURITY, schemas: { Problem: toSchema(problemSchema, 'output') } },
  }
}

function describeRoute(name: string, route: Route): Json {
  const { path, action, isPublic, needsStepUp, needsPhishingResistance, query, body, form, multipart } = route
  const { answer, lines, refusal } = route
  const parameters = [...describePath(path), ...describeQuery(query)]
  const about = [
    action === undefined ? undefined : `Needs the action \`${action}\`.`,
    needsStepUp ? 'Needs a person who showed more than one factor within the last five minutes.' : undefined,
    needsPhishingResistance ? 'A person’s session must be one that phishing could not have got.' : undefined,
  ]
  const description = about.filter((text) => text !== undefined).join(' ')
  return {
    operationId: name,
    ...(description !== '' && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && describeBody('application/json', body)),
    ...(form && describeBody('application/x-www-form-urlencoded', form)),
    ...(multipart && describeBody('multipart/form-data', multipart)),
    responses: {
      ...(answer || lines
        ? { 200: { description: 'Done.', content: describeAnswer(answer, lines) } }
        : { 204: { description: 'Done; no content.' } }),
      default: {
        description: 'Refused, with a code of docs/errors.md.',
        content: { ...(refusal && { 'application/json': { schema: toSchema(refusal, 'output') } }), ...PROBLEM },
      },
    },
    security: isPublic ? [] : Object.keys(SECURITY).map((scheme) => ({ [scheme]: [] })),
  }
}

function describeAnswer(answer: z.ZodType | undefined, lines: z.ZodType | undefined): Json {
  return {
    ...(answer && { 'application/json': { schema: toSchema(answer, 'output') } }),
    ...(lines && { 'application/jsonl': { itemSchema: toSchema(lines, 'output') } }),
  }
}

function describeBody(type: string, schema: z.ZodType): Json {
  return { requestBody: { required: true, content: { [type]: { schema: toSchema(schema, 'input') } } } }
}

function describePath(path: string): Json[] {
  return Array.from(path.matchAll(/:(\w+)/g), ([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 128 },
  }))
}

function describeQuery(query: z.ZodType | undefined): Json[] {
  if (!query) return []
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return described
}
