import { closed, list, numeric, object, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { CITATIONS, SEARCH_ERRORS } from './hosted-search.ts'

const text = used('channel')
const counts: Shape = object(
  { service_tier: closed('standard', 'priority', 'batch'), speed: closed('standard', 'fast') },
  object({}, numeric),
)
const usage: Shape = { ...counts, others: { isNumber: true, others: numeric } }

const STOP_REASONS = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
] as const
const BLOCKS = [
  'text',
  'tool_use',
  'thinking',
  'redacted_thinking',
  'server_tool_use',
  'web_search_tool_result',
] as const

/** In characters of a document of the request, which left in other words. */
const offset: Shape = { isNumber: true, use: 'offset' }

/** Passages that the answer rests on. They come whole, and quote the request as it was sent: masked. */
const citation = object(
  {
    type: closed(...CITATIONS),
    url: used('url'),
    encrypted_index: used('sealed'),
    start_char_index: offset,
    end_char_index: offset,
  },
  scanned,
)

/** What a search of the vendor's found, or the one reason why it found nothing. */
const results: Shape = {
  ...object({ type: closed('web_search_tool_result_error'), error_code: closed(...SEARCH_ERRORS) }),
  items: object({ type: closed('web_search_result'), url: used('url'), encrypted_content: used('sealed') }),
}

const block = {
  type: closed(...BLOCKS),
  text,
  citations: list(citation),
  id: used('reference'),
  name: used('name'),
  tool_use_id: used('reference'),
  content: results,
  thinking: used('signed'),
  signature: used('sealed'),
  data: used('sealed'),
  input: used('json'),
}

const ending = {
  stop_reason: closed(...STOP_REASONS),
  stop_sequence: scanned,
  stop_details: object({
    type: closed('refusal'),
    category: closed('cyber', 'bio', 'frontier_llm', 'reasoning_extraction', 'general_harms'),
    explanation: scanned,
  }),
}

const message = {
  id: used('id'),
  type: closed('message'),
  role: closed('assistant'),
  model: used('model'),
  content: list(object(block)),
  ...ending,
  usage,
}

/** The document of a whole answer. */
export const MESSAGE_ANSWER: Shape = object(message)

/** The documents of its events. A tool's input begins empty and arrives as pieces of JSON. */
export const MESSAGE_EVENT: Shape = object({
  type: scanned,
  index: numeric,
  message: object(message),
  content_block: object(block),
  delta: object({
    type: closed('text_delta', 'input_json_delta', 'thinking_delta', 'signature_delta', 'citations_delta'),
    text,
    partial_json: text,
    thinking: used('signed'),
    signature: used('sealed'),
    citation,
    ...ending,
  }),
  usage,
})
