import { JSON_SCHEMA } from '../../walk/json-schema-shape.ts'
import {
  arbitrary,
  closed,
  closedOrRefused,
  list,
  numeric,
  object,
  refused,
  scanned,
  used,
  using,
} from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { CACHE_RETENTION, EFFORTS, LOGIT_BIAS, ROUTING, SERVICE_TIER, VERBOSITIES } from '../openai/settings.ts'

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

/** What Gemini signed, where it speaks OpenAI's words. */
const extraContent = object({ google: object({ thought_signature: used('sealed') }) })

const toolCall = object({
  id: scanned,
  index: scanned,
  type: closedOrRefused('body.feature-refused', 'function'),
  function: functionCall,
  extra_content: extraContent,
})

const message = object({
  role: closedOrRefused('body.invalid', ...MESSAGE_ROLES),
  content: { items: contentPart },
  name: used('identifier'),
  images: media,
  refusal: scanned,
  reasoning_content: scanned,
  reasoning_details: list(object({ data: used('sealed'), signature: used('sealed') })),
  extra_content: extraContent,
  tool_call_id: scanned,
  tool_calls: list(toolCall),
  function_call: functionCall,
  audio: media,
})

const toolFunction = object({ name: scanned, description: scanned, strict: scanned, parameters: JSON_SCHEMA })

const webSearch = object({
  search_context_size: closed('low', 'medium', 'high'),
  user_location: using(
    'user-location',
    object({
      type: closed('approximate'),
      approximate: object({ country: scanned, region: scanned, city: scanned, timezone: scanned }),
    }),
  ),
})

/** A body of `POST /v1/chat/completions`: what is declared, what is refused. Whatever else it holds is scanned. */
export const CHAT_REQUEST: Shape = object({
  model: used('model'),
  messages: list(message),
  stream: scanned,
  stream_options: object({ include_usage: scanned, include_obfuscation: scanned }),
  temperature: scanned,
  top_p: scanned,
  n: numeric,
  seed: arbitrary,
  max_tokens: numeric,
  max_completion_tokens: numeric,
  presence_penalty: scanned,
  frequency_penalty: scanned,
  logit_bias: LOGIT_BIAS,
  stop: scanned,
  user: used('identifier'),
  safety_identifier: used('identifier'),
  prompt_cache_key: used('identifier'),
  metadata: object({}),
  prediction: object({ type: closed('content'), content: { items: contentPart } }),
  reasoning_effort: closed(...EFFORTS),
  verbosity: closed(...VERBOSITIES),
  service_tier: SERVICE_TIER,
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
    json_schema: object({ name: scanned, description: scanned, strict: scanned, schema: JSON_SCHEMA }),
  }),
  modalities: list(closedOrRefused('body.feature-refused', 'text')),
  audio: feature,
  store: feature,
  logprobs: feature,
  top_logprobs: refused('body.feature-refused', '0'),
  prompt_logprobs: refused('body.feature-refused', '0'),
  web_search_options: using('hosted-tool.web-search', webSearch),
  moderation: feature,
  // Members by which routers send a request elsewhere than to the model that the agreement covers.
  ...Object.fromEntries(ROUTING.map((name) => [name, feature])),
  prompt: feature,
  background: feature,
  previous_response_id: feature,
  conversation: feature,
  // Keeps the prompt with the vendor for a time that the request chooses.
  prompt_cache_options: feature,
  prompt_cache_retention: CACHE_RETENTION,
})
