/** What an event of a stream tells of. */
export interface EventRule {
  /** `response`: all of it; `item`, `part`: one of its members; `text`: a piece of a text, or the whole of it; `note`: the rest. */
  readonly about: 'response' | 'item' | 'part' | 'text' | 'annotation' | 'note'
  /** It tells the whole of what the events before it told in pieces. */
  readonly isWhole?: true
  /** Nothing follows it. */
  readonly isLast?: true
  /** Of a text: its member in its item, or in the item's part. */
  readonly member?: string
  /** Of a part or of the text in one: the list that it stands in. */
  readonly list?: 'content' | 'summary'
}

type Row = readonly [name: string, rule: EventRule]

const NOTES = ['in_progress', 'completed', 'failed', 'searching', 'interpreting'] as const
const HOSTED = ['web_search_call', 'file_search_call', 'code_interpreter_call', 'mcp_call', 'mcp_list_tools'] as const

/** A text that comes in `delta` events and is repeated in a `done` event. */
function textOf(name: string, member: string, list?: EventRule['list']): Row[] {
  const rule: EventRule = { about: 'text', member, ...(list && { list }) }
  return [
    [`response.${name}.delta`, rule],
    [`response.${name}.done`, { ...rule, isWhole: true }],
  ]
}

const ROWS: readonly Row[] = [
  ...['created', 'in_progress', 'queued'].map(
    (name): Row => [`response.${name}`, { about: 'response', isWhole: true }],
  ),
  ...['completed', 'incomplete'].map(
    (name): Row => [`response.${name}`, { about: 'response', isWhole: true, isLast: true }],
  ),
  ['response.output_item.added', { about: 'item' }],
  ['response.output_item.done', { about: 'item', isWhole: true }],
  ['response.content_part.added', { about: 'part', list: 'content' }],
  ['response.content_part.done', { about: 'part', list: 'content', isWhole: true }],
  ['response.reasoning_summary_part.added', { about: 'part', list: 'summary' }],
  ['response.reasoning_summary_part.done', { about: 'part', list: 'summary', isWhole: true }],
  // vLLM's name for the part that a thought is.
  ['response.reasoning_part.added', { about: 'part', list: 'content' }],
  ['response.reasoning_part.done', { about: 'part', list: 'content', isWhole: true }],
  ...textOf('output_text', 'text', 'content'),
  ...textOf('refusal', 'refusal', 'content'),
  ...textOf('reasoning_text', 'text', 'content'),
  ...textOf('reasoning_summary_text', 'text', 'summary'),
  ...textOf('function_call_arguments', 'arguments'),
  ...textOf('mcp_call_arguments', 'arguments'),
  ...textOf('code_interpreter_call_code', 'code'),
  ['response.output_text.annotation.added', { about: 'annotation', list: 'content', member: 'text' }],
  ...HOSTED.flatMap((call) => NOTES.map((state): Row => [`response.${call}.${state}`, { about: 'note' }])),
]

/** Every event that a stream of `POST /v1/responses` may bring. One that is not here ends the stream in an error. */
export const EVENTS: ReadonlyMap<string, EventRule> = new Map(ROWS)
