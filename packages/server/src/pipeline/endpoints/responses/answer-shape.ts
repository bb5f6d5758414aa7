import { closed, closedOrRefused, list, numeric, object, refused, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { EVENTS } from './events.ts'
import { HOSTED_CALLS, ITEM_STATUSES, PHASES, TURN_TYPES } from './items.ts'

const text = used('channel')
const url = used('url')
const noList = refused('provider.invalid-answer', '[]')

/** Its places are counted in the model's text; in the text that leaves they are others. */
const annotation = object({
  type: closedOrRefused(
    'provider.invalid-answer',
    'file_citation',
    'url_citation',
    'container_file_citation',
    'file_path',
  ),
  start_index: { isNumber: true, use: 'offset' },
  end_index: { isNumber: true, use: 'offset' },
  index: numeric,
  url,
  title: scanned,
  file_id: used('reference'),
  filename: scanned,
  container_id: used('reference'),
})

const part = object({
  type: closedOrRefused('provider.invalid-answer', 'output_text', 'refusal', 'reasoning_text', 'summary_text'),
  text,
  refusal: text,
  annotations: list(annotation),
  logprobs: noList,
})

/** It says what left for the search, and that was tokens. */
const query = url

const action = object({
  type: closed('search', 'open_page', 'find_in_page'),
  query,
  queries: list(query),
  pattern: query,
  url,
  sources: list(object({ type: closed('url'), url })),
})

const item = object({
  type: closedOrRefused('provider.invalid-answer', ...TURN_TYPES, ...HOSTED_CALLS),
  id: used('reference'),
  call_id: used('reference'),
  status: closed(...ITEM_STATUSES),
  role: closed('assistant'),
  phase: closed(...PHASES),
  name: used('name'),
  content: list(part),
  summary: list(part),
  encrypted_content: used('sealed'),
  arguments: { ...text, isJson: true },
  code: text,
  action,
  queries: list(query),
  results: list(object({ file_id: used('reference'), filename: scanned, text: scanned, attributes: scanned })),
  outputs: list(object({ type: closed('logs', 'image'), logs: scanned, url })),
  container_id: used('reference'),
  approval_request_id: used('reference'),
})

const usage = object({
  input_tokens: numeric,
  output_tokens: numeric,
  total_tokens: numeric,
  input_tokens_details: object({}, numeric),
  output_tokens_details: object({}, numeric),
})

/** `response`. What it repeats of the request is scanned as every text is, and gets the request's values back. */
export const RESPONSE: Shape = object({
  id: used('id'),
  object: closed('response'),
  model: used('model'),
  status: closed('completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete'),
  created_at: numeric,
  completed_at: numeric,
  output: list(item),
  usage,
  max_output_tokens: numeric,
  max_tool_calls: numeric,
  top_logprobs: numeric,
})

/** The document of an event, whichever it is. */
export const RESPONSES_EVENT: Shape = object({
  type: closedOrRefused('provider.invalid-answer', ...EVENTS.keys()),
  sequence_number: numeric,
  response: RESPONSE,
  item,
  part,
  annotation,
  item_id: used('reference'),
  output_index: numeric,
  content_index: numeric,
  summary_index: numeric,
  annotation_index: numeric,
  status: closed(...ITEM_STATUSES),
  name: used('name'),
  delta: text,
  text,
  refusal: text,
  arguments: { ...text, isJson: true },
  code: text,
  logprobs: noList,
  obfuscation: used('drop'),
})
