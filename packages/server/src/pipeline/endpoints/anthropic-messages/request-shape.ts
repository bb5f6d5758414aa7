import { readToolType } from '@breakwater/contract'
import { JSON_SCHEMA } from '../../walk/json-schema-shape.ts'
import { closed, closedOrRefused, list, numeric, object, refused, scanned, used, using } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { CITATIONS, SEARCH_TOOLS } from './hosted-search.ts'

const media = refused('body.media-refused')
const feature = refused('body.feature-refused')

/** The vendor holds the start of the prompt for minutes, an hour at most. */
const cacheControl = using('prompt-cache', object({ type: closed('ephemeral'), ttl: closed('5m', '1h') }))

/** A text that may be cited: what the vendor would fetch, or cannot be read here, is refused. */
const documentSource = object({
  type: closedOrRefused('body.media-refused', 'text', 'content'),
  media_type: closed('text/plain'),
  data: scanned,
  content: { items: object({ type: closedOrRefused('body.media-refused', 'text'), text: scanned }) },
})

const BLOCKS = [
  'text',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_result',
  'search_result',
  'document',
  'server_tool_use',
  'web_search_tool_result',
  'web_search_result',
] as const

/** What a message is made of. Of the vendor's own tools, the search of the web: what others answer with is not ours to read. */
function createBlockShape(): Shape {
  const content: { items?: Shape } = {}
  const block = object({
    type: closedOrRefused('body.media-refused', ...BLOCKS),
    text: scanned,
    citations: using('citations', {
      ...object({ enabled: scanned }),
      items: object({ type: closed(...CITATIONS), encrypted_index: used('sealed') }),
    }),
    encrypted_content: used('sealed'),
    thinking: used('signed'),
    signature: used('sealed'),
    data: used('sealed'),
    id: scanned,
    name: scanned,
    input: used('json'),
    tool_use_id: scanned,
    content,
    is_error: scanned,
    source: documentSource,
    title: scanned,
    context: scanned,
    cache_control: cacheControl,
    file_id: media,
  })
  content.items = block
  return block
}

const block = createBlockShape()
const texts = list(
  object({ type: closedOrRefused('body.media-refused', 'text'), text: scanned, cache_control: cacheControl }),
)

/** A body of `POST /v1/messages`. Whatever else it holds is scanned. */
export const MESSAGES_REQUEST: Shape = object({
  model: used('model'),
  max_tokens: numeric,
  messages: list(object({ role: closedOrRefused('body.invalid', 'user', 'assistant'), content: { items: block } })),
  system: texts,
  metadata: using('metadata', object({ user_id: used('identifier') })),
  stop_sequences: using('stop', list(scanned)),
  stream: scanned,
  temperature: scanned,
  top_p: scanned,
  top_k: numeric,
  tools: using(
    'tools',
    list(
      object({
        // Other tools of the vendor's own bring answers of kinds that nobody has declared.
        type: {
          ...closedOrRefused('body.feature-refused', 'custom', ...SEARCH_TOOLS),
          featureOf: (text) => readToolType(text.slice(1, -1)),
        },
        name: scanned,
        description: scanned,
        input_schema: JSON_SCHEMA,
        cache_control: cacheControl,
        eager_input_streaming: scanned,
        max_uses: numeric,
        user_location: using('user-location', object({ type: closed('approximate') })),
      }),
    ),
  ),
  tool_choice: object({
    type: closed('auto', 'any', 'tool', 'none'),
    name: scanned,
    disable_parallel_tool_use: scanned,
  }),
  thinking: using(
    'reasoning',
    object({
      type: closed('enabled', 'disabled', 'adaptive'),
      display: closed('summarized', 'omitted'),
      budget_tokens: numeric,
    }),
  ),
  output_config: object({
    effort: closed('low', 'medium', 'high', 'xhigh', 'max'),
    format: using('structured-output', object({ type: closed('json_schema'), schema: JSON_SCHEMA })),
  }),
  service_tier: using('service-tier', closed('auto', 'standard_only'), '"auto"'),
  speed: using('service-tier', closed('standard', 'fast'), '"standard"'),
  cache_control: cacheControl,
  // Where it runs is decided by the provider's row, not by a request.
  inference_geo: feature,
  // What lies with the vendor, or is called by it with credentials of the caller's.
  container: feature,
  mcp_servers: feature,
  // Bedrock's place for the header, which is the provider's row to send.
  anthropic_beta: feature,
  betas: feature,
  user_profile_id: feature,
  workspace_id: feature,
  context_management: feature,
  diagnostics: feature,
})
