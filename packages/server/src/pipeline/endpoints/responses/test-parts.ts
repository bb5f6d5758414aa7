export type Json = Record<string, unknown>

/** A response as OpenAI writes it. */
export const responseOf = (
  output: readonly Json[],
  status = 'completed',
  instructions: string | null = null,
): Json => ({
  id: 'resp_theirs',
  object: 'response',
  created_at: 9,
  model: 'other',
  status,
  error: null,
  incomplete_details: null,
  instructions,
  metadata: {},
  output,
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  usage: {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 1234567,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 2,
  },
})

/** The events that OpenAI sends for this output, each text cut at places of its own. */
export function eventsOf(output: readonly Json[], cuts: readonly number[], instructions: string | null = null): Json[] {
  let turn = 0
  const cut = (text: string): string[] => {
    const size = 1 + ((cuts[turn++ % Math.max(1, cuts.length)] ?? 7) % 23)
    const pieces: string[] = []
    for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size))
    return pieces
  }
  const events: Json[] = [
    { type: 'response.created', response: responseOf([], 'in_progress', instructions) },
    { type: 'response.in_progress', response: responseOf([], 'in_progress', instructions) },
  ]
  const tell = (prefix: string, at: Json, member: string, text: string, more: Json = {}): void => {
    for (const delta of cut(text)) events.push({ type: `${prefix}.delta`, ...at, delta, ...more })
    events.push({ type: `${prefix}.done`, ...at, [member]: text, ...more })
  }
  for (const [output_index, item] of output.entries()) {
    const at = { output_index, item_id: item['id'] }
    const begun: Json = { ...item, status: 'in_progress' }
    for (const list of ['content', 'summary']) if (item[list]) begun[list] = []
    if (item['arguments'] !== undefined) begun['arguments'] = ''
    events.push({ type: 'response.output_item.added', output_index, item: begun })
    for (const [list, kind] of [
      ['content', 'content_part'],
      ['summary', 'reasoning_summary_part'],
    ] as const) {
      for (const [index, part] of ((item[list] ?? []) as Json[]).entries()) {
        const here = { ...at, [`${list}_index`]: index }
        const member = part['type'] === 'refusal' ? 'refusal' : 'text'
        const annotations = (part['annotations'] ?? []) as Json[]
        const empty = { ...part, [member]: '', ...(part['annotations'] ? { annotations: [] } : {}) }
        events.push({ type: `response.${kind}.added`, ...here, part: empty })
        const prefix = { output_text: 'output_text', refusal: 'refusal', summary_text: 'reasoning_summary_text' }[
          String(part['type'])
        ]
        const more = part['logprobs'] ? { logprobs: [] } : {}
        const text = String(part[member])
        for (const delta of cut(text)) events.push({ type: `response.${prefix}.delta`, ...here, delta, ...more })
        for (const [annotation_index, annotation] of annotations.entries()) {
          events.push({ type: 'response.output_text.annotation.added', ...here, annotation_index, annotation })
        }
        events.push({ type: `response.${prefix}.done`, ...here, [member]: text, ...more })
        events.push({ type: `response.${kind}.done`, ...here, part })
      }
    }
    if (typeof item['arguments'] === 'string') {
      tell('response.function_call_arguments', at, 'arguments', item['arguments'])
    }
    events.push({ type: 'response.output_item.done', output_index, item })
  }
  events.push({ type: 'response.completed', response: responseOf(output, 'completed', instructions) })
  return events.map((event, sequence_number) => ({ ...event, sequence_number }))
}

export const toBytes = (events: readonly Json[]): Buffer =>
  Buffer.from(events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
