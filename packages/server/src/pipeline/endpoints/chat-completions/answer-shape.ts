import { closed, list, numeric, object, refused, scanned, used } from '../../walk/shape.ts'
import type { Shape } from '../../walk/shape.ts'
import { TIERS } from '../openai/settings.ts'
import { OPENAI_USAGE } from '../openai/usage-shape.ts'

// Text that arrives in pieces, and so is everything below a member that nobody declared.
const text: Shape = createTextShape()
const json: Shape = { use: 'channel', isJson: true }

const call = object({ name: used('name'), arguments: json })

/** Numbers of tokens tell a text as the text does. */
const noList = refused('provider.invalid-answer', '[]')

const offset: Shape = { isNumber: true, use: 'offset' }
const citation = object({ start_index: offset, end_index: offset, title: scanned, url: used('url') }, scanned)

/** What a vendor signed or sealed for its next turn, as OpenRouter and Gemini hand it on. */
const reasoningDetail = object(
  {
    type: used('repeated'),
    format: used('repeated'),
    id: used('reference'),
    index: numeric,
    data: used('sealed'),
    signature: used('sealed'),
  },
  text,
)
const extraContent = object({ google: object({ thought_signature: used('sealed') }, text) }, text)

/** A message of an answer, or the piece of one that a stream's event brings. Unknown strings of it are text in pieces. */
const message: Shape = object(
  {
    role: closed('assistant', 'tool', 'function', 'system', 'user', 'developer'),
    content: text,
    refusal: text,
    reasoning_content: text,
    reasoning: text,
    reasoning_details: list(reasoningDetail),
    extra_content: extraContent,
    tool_calls: list(
      object(
        {
          id: used('reference'),
          index: numeric,
          type: closed('function', 'custom'),
          function: call,
          extra_content: extraContent,
        },
        text,
      ),
    ),
    function_call: call,
    annotations: list(object({ type: closed('url_citation'), url_citation: citation })),
    audio: refused('provider.invalid-answer'),
  },
  text,
)

const counts: Shape = object({}, numeric)

/** What Azure's filters found: of their closed words, and otherwise scanned. */
const filterResults: Shape = object({}, object({ severity: closed('safe', 'low', 'medium', 'high') }))

/** `chat.completion` and `chat.completion.chunk`. */
export const CHAT_ANSWER: Shape = object({
  id: used('id'),
  object: closed('chat.completion', 'chat.completion.chunk'),
  created: numeric,
  model: used('model'),
  system_fingerprint: scanned,
  service_tier: closed(...TIERS),
  obfuscation: used('drop'),
  prompt_filter_results: list(object({ prompt_index: numeric, content_filter_results: filterResults })),
  choices: list(
    object({
      index: numeric,
      finish_reason: closed('stop', 'length', 'tool_calls', 'content_filter', 'function_call'),
      message,
      delta: message,
      logprobs: refused('provider.invalid-answer'),
      token_ids: noList,
      content_filter_results: filterResults,
      content_filter_offsets: counts,
    }),
  ),
  // Perplexity's: addresses of public pages.
  citations: list(used('url')),
  // llama.cpp's: how long it took, and how fast.
  timings: object({}, numeric),
  prompt_token_ids: noList,
  completion_probabilities: noList,
  usage: OPENAI_USAGE,
})

function createTextShape(): Shape {
  const shape: { use: 'channel'; members: Map<string, Shape>; others?: Shape; items?: Shape } = {
    use: 'channel',
    members: new Map(),
  }
  shape.others = shape
  shape.items = shape
  // What each event says again, and no text in pieces.
  for (const name of ['type', 'format']) shape.members.set(name, used('repeated'))
  shape.members.set('id', used('reference'))
  for (const name of ['url', 'uri', 'href']) shape.members.set(name, used('url'))
  return shape
}
