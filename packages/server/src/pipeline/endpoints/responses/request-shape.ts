import { readToolType } from '@breakwater/contract'
import { JSON_SCHEMA } from '../../walk/json-schema-shape.ts'
import { closed, closedOrRefused, list, numeric, object, refused, scanned, used, using } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { CACHE_RETENTION, EFFORTS, ROUTING, SERVICE_TIER, VERBOSITIES } from '../openai/settings.ts'
import { HOSTED_CALLS, ITEM_STATUSES, PHASES, TURN_TYPES } from './items.ts'

const media = refused('body.media-refused')
const feature = refused('body.feature-refused', 'false')
/** Empty lists and nothing else: log probabilities tell a text piece by piece. */
const noList = refused('body.feature-refused', '[]')

const CITATION = object({
  type: closedOrRefused(
    'body.feature-refused',
    'file_citation',
    'url_citation',
    'container_file_citation',
    'file_path',
  ),
  start_index: numeric,
  end_index: numeric,
  index: numeric,
  url: scanned,
  title: scanned,
  file_id: scanned,
  filename: scanned,
  container_id: scanned,
})

/** Text that people, tools or the model itself wrote. Nothing else can be read, so nothing else passes. */
const content: Shape = {
  items: object({
    type: closedOrRefused(
      'body.media-refused',
      'input_text',
      'output_text',
      'refusal',
      'text',
      'reasoning_text',
      'summary_text',
    ),
    text: scanned,
    refusal: scanned,
    annotations: list(CITATION),
    logprobs: noList,
    image_url: media,
    file_id: media,
    file_url: media,
    file_data: media,
    filename: media,
    input_audio: media,
    detail: media,
    prompt_cache_breakpoint: feature,
  }),
}

/** Turns of the conversation, as the client holds them. What refers to something that the vendor keeps is not among them. */
const inputItem = object({
  type: closedOrRefused('body.feature-refused', ...TURN_TYPES, ...HOSTED_CALLS, 'mcp_approval_response'),
  role: closedOrRefused('body.invalid', 'user', 'assistant', 'system', 'developer'),
  content,
  summary: content,
  encrypted_content: used('sealed'),
  output: content,
  arguments: scanned,
  name: scanned,
  call_id: scanned,
  id: scanned,
  status: closed(...ITEM_STATUSES),
  phase: closed(...PHASES),
  namespace: refused('body.feature-refused'),
  caller: refused('body.feature-refused'),
})

const place = object({
  type: closed('approximate'),
  country: scanned,
  region: scanned,
  city: scanned,
  timezone: scanned,
})
const ids = using('files', list(scanned))

/** Tools that the vendor runs are features, named by `type`; those that act on a machine of somebody's are refused. */
const tool: Shape = object({
  type: {
    ...closedOrRefused(
      'body.feature-refused',
      'function',
      'web_search',
      'web_search_2025_08_26',
      'web_search_preview',
      'web_search_preview_2025_03_11',
      'file_search',
      'code_interpreter',
      'mcp',
    ),
    featureOf: (text) => readToolType(text.slice(1, -1)),
  },
  name: scanned,
  description: scanned,
  parameters: JSON_SCHEMA,
  output_schema: JSON_SCHEMA,
  strict: scanned,
  defer_loading: feature,
  allowed_callers: refused('body.feature-refused'),
  filters: scanned,
  search_context_size: closed('low', 'medium', 'high'),
  search_content_types: list(closedOrRefused('body.media-refused', 'text')),
  external_web_access: scanned,
  return_token_budget: scanned,
  user_location: using('user-location', place),
  vector_store_ids: ids,
  max_num_results: numeric,
  ranking_options: scanned,
  container: object({
    type: closed('auto'),
    file_ids: ids,
    memory_limit: scanned,
    // A way out of the container, with secrets for where it leads.
    network_policy: refused('body.feature-refused'),
  }),
  server_label: scanned,
  // Where a server is that the agreement lets the vendor call: nothing that could name anybody stands behind its host.
  server_url: { use: 'closed', form: /^https:\/\/[a-z0-9.-]{1,253}(?::\d{2,5})?(?:\/[a-z][a-z_-]{0,31}){0,4}\/?$/ },
  server_description: scanned,
  connector_id: scanned,
  tunnel_id: refused('body.feature-refused'),
  // A secret for somebody else's server has no place in a request that is scanned, masked and sent to a model.
  authorization: refused('body.feature-refused'),
  headers: refused('body.feature-refused'),
  allowed_tools: scanned,
  require_approval: scanned,
})

const choiceOfTool: Shape = {
  ...closed('none', 'auto', 'required'),
  ...object({
    type: closedOrRefused('body.feature-refused', 'function'),
    name: scanned,
    mode: refused('body.feature-refused'),
    tools: refused('body.feature-refused'),
    server_label: refused('body.feature-refused'),
  }),
}

/** A body of `POST /v1/responses`: what is declared, what is refused. Whatever else it holds is scanned. */
export const RESPONSES_REQUEST: Shape = object({
  model: used('model'),
  input: { items: inputItem },
  instructions: scanned,
  stream: scanned,
  stream_options: object({ include_obfuscation: scanned }),
  // Always sent as `false`: see `readResponsesBody`.
  store: scanned,
  temperature: scanned,
  top_p: scanned,
  max_output_tokens: numeric,
  max_tool_calls: numeric,
  parallel_tool_calls: scanned,
  truncation: closed('auto', 'disabled'),
  user: used('identifier'),
  safety_identifier: used('identifier'),
  prompt_cache_key: used('identifier'),
  metadata: object({}),
  reasoning: object({
    effort: closed(...EFFORTS),
    summary: closed('auto', 'concise', 'detailed'),
    generate_summary: closed('auto', 'concise', 'detailed'),
    mode: closed('standard', 'pro'),
    context: closedOrRefused('body.feature-refused', 'auto', 'current_turn'),
  }),
  text: object({
    verbosity: closed(...VERBOSITIES),
    format: object({
      type: closed('text', 'json_object', 'json_schema'),
      name: scanned,
      description: scanned,
      strict: scanned,
      schema: JSON_SCHEMA,
    }),
  }),
  tools: list(tool),
  tool_choice: choiceOfTool,
  include: list(
    closedOrRefused('body.feature-refused', 'reasoning.encrypted_content', 'web_search_call.action.sources'),
  ),
  service_tier: SERVICE_TIER,
  top_logprobs: refused('body.feature-refused', '0'),
  // All of these need something that the vendor would have to remember for us.
  background: feature,
  previous_response_id: refused('body.feature-refused'),
  conversation: refused('body.feature-refused'),
  prompt: refused('body.feature-refused'),
  context_management: refused('body.feature-refused'),
  moderation: refused('body.feature-refused'),
  prompt_cache_options: refused('body.feature-refused'),
  prompt_cache_retention: CACHE_RETENTION,
  ...Object.fromEntries(ROUTING.map((name) => [name, feature])),
})
