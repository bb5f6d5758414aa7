import { closed, numeric, scanned } from './shape.ts'
import type { Shape } from './shape.ts'

const SCHEMA_KEYWORDS = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'] as const
const SCHEMA_LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const
const SCHEMA_CHILDREN = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains'] as const
const SCHEMA_TEXTS = ['title', 'description', 'pattern', 'const', 'enum', 'default', 'examples', '$ref', '$id'] as const
const SCHEMA_FLAGS = ['required', 'nullable', 'uniqueItems', 'deprecated', 'readOnly', 'writeOnly'] as const
const SCHEMA_BOUNDS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'] as const
const SCHEMA_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] as const
const SCHEMA_DIALECTS = [
  'https://json-schema.org/draft/2020-12/schema',
  'https://json-schema.org/draft/2019-09/schema',
  'http://json-schema.org/draft-07/schema#',
  'http://json-schema.org/draft-07/schema',
] as const
const SCHEMA_FORMATS = [
  'date',
  'date-time',
  'time',
  'duration',
  'email',
  'uri',
  'uuid',
  'hostname',
  'ipv4',
  'ipv6',
] as const

/** JSON Schema: its keywords are declared, the names of properties and everything written by people are scanned. */
function createSchemaShape(): Shape {
  const members = new Map<string, Shape>()
  const schema: Shape = { members }
  const types = closed(...SCHEMA_TYPES)
  members.set('type', { ...types, items: types })
  members.set('$schema', closed(...SCHEMA_DIALECTS))
  members.set('format', closed(...SCHEMA_FORMATS))
  for (const keyword of SCHEMA_KEYWORDS) members.set(keyword, { members: new Map(), others: schema })
  for (const keyword of SCHEMA_LISTS) members.set(keyword, { items: schema })
  for (const keyword of SCHEMA_CHILDREN) members.set(keyword, { ...schema, items: schema })
  for (const keyword of SCHEMA_TEXTS) members.set(keyword, scanned)
  for (const keyword of SCHEMA_FLAGS) members.set(keyword, scanned)
  for (const keyword of SCHEMA_BOUNDS) members.set(keyword, numeric)
  return schema
}

export const JSON_SCHEMA: Shape = createSchemaShape()
