import { closed, closedOrRefused, list, numeric, object, refused, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'

const MESSAGE_ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const

const media = refused('body.media-refused')
const feature = refused('body.feature-refused', 'false')

const contentPart = object({
  type: closedOrRefused('body.media-refused', 'text', 'refusal'),
  text: scanned,
  refusal: scanned,
  image_url: media,
  input_audio: media,
  file: media,
  video_url: media,
  audio_url: media,
  prompt_cache_breakpoint: feature,
})

const functionCall = object({ name: scanned, arguments: scanned })

const toolCall = object({
  id: scanned,
  index: scanned,
  type: closedOrRefused('body.feature-refused', 'function'),
  function: functionCall,
})

const message = object({
  role: closedOrRefused('body.invalid', ...MESSAGE_ROLES),
  content: { items: contentPart },
  name: used('identifier'),
  images: media,
  refusal: scanned,
  reasoning_content: scanned,
  tool_call_id: scanned,
  tool_calls: list(toolCall),
  function_call: functionCall,
  audio: media,
})

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

const jsonSchema = createSchemaShape()
const toolFunction = object({ name: scanned, description: scanned, strict: scanned, parameters: jsonSchema })

/** OpenRouter, LiteLLM, Portkey and vLLM obey these in a body. */
const ROUTING = [
  'models',
  'route',
  'provider',
  'fallbacks',
  'context_window_fallbacks',
  'custom_llm_provider',
  'api_base',
  'base_url',
  'api_key',
  'plugins',
  'kv_transfer_params',
] as const

/** A body of `POST /v1/chat/completions`: what is declared, what is refused. Whatever else it holds is scanned. */
export const CHAT_REQUEST: Shape = object({
  model: used('model'),
  messages: list(message),
  stream: scanned,
  stream_options: object({ include_usage: scanned, include_obfuscation: scanned }),
  temperature: scanned,
  top_p: scanned,
  n: numeric,
  seed: numeric,
  max_tokens: numeric,
  max_completion_tokens: numeric,
  presence_penalty: scanned,
  frequency_penalty: scanned,
  logit_bias: object({}),
  stop: scanned,
  user: used('identifier'),
  safety_identifier: used('identifier'),
  prompt_cache_key: used('identifier'),
  metadata: object({}),
  prediction: object({ type: closed('content'), content: { items: contentPart } }),
  reasoning_effort: closed('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
  verbosity: closed('low', 'medium', 'high'),
  service_tier: closed('auto', 'default', 'flex', 'scale', 'priority'),
  parallel_tool_calls: scanned,
  tools: list(object({ type: closedOrRefused('body.feature-refused', 'function'), function: toolFunction })),
  functions: list(toolFunction),
  tool_choice: {
    ...closed('none', 'auto', 'required'),
    ...object({ type: closedOrRefused('body.feature-refused', 'function'), function: object({ name: scanned }) }),
  },
  function_call: { ...closed('none', 'auto'), ...object({ name: scanned }) },
  response_format: object({
    type: closed('text', 'json_object', 'json_schema'),
    json_schema: object({ name: scanned, description: scanned, strict: scanned, schema: jsonSchema }),
  }),
  modalities: list(closedOrRefused('body.feature-refused', 'text')),
  audio: feature,
  store: feature,
  logprobs: feature,
  top_logprobs: refused('body.feature-refused', '0'),
  prompt_logprobs: refused('body.feature-refused', '0'),
  web_search_options: refused('body.feature-refused'),
  moderation: feature,
  // Members by which routers send a request elsewhere than to the model that the agreement covers.
  ...Object.fromEntries(ROUTING.map((name) => [name, feature])),
  prompt: feature,
  background: feature,
  previous_response_id: feature,
  conversation: feature,
  // Keeps the prompt with the vendor for a time that the request chooses.
  prompt_cache_options: feature,
  prompt_cache_retention: closedOrRefused('body.feature-refused', 'in_memory', 'in-memory'),
})
