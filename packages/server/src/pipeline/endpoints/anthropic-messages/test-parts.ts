/** A message that Anthropic would send, and its stream. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string }

const USAGE = { input_tokens: 12, output_tokens: 34, cache_read_input_tokens: 0, service_tier: 'standard' }

/** Random bytes, as a signature's are. */
export const SIGNATURE = Buffer.from(Array.from({ length: 96 }, (_, at) => (at * 151 + 200) % 256)).toString('base64')

export function messageOf(content: readonly Block[]): unknown {
  return {
    id: 'msg_upstream',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: USAGE,
  }
}

/** The same as events, its texts cut into pieces of these lengths in turn. */
export function eventsOf(content: readonly Block[], lengths: readonly number[]): string {
  let turn = 0
  const cut = (text: string): string[] => {
    const pieces: string[] = []
    for (let at = 0; at < text.length; ) {
      const length = lengths[turn++ % lengths.length] ?? 1
      pieces.push(text.slice(at, at + length))
      at += length
    }
    return pieces
  }
  const message = { ...Object(messageOf([])), stop_reason: null }
  const events: Block[] = [{ type: 'message_start', message }, { type: 'ping' }]
  for (const [index, block] of content.entries()) {
    const delta = (type: string, member: string, piece: string): Block => ({
      type: 'content_block_delta',
      index,
      delta: { type, [member]: piece },
    })
    const { start, deltas } = beginOf(block)
    events.push({ type: 'content_block_start', index, content_block: start })
    for (const [type, member, text, isWhole] of deltas) {
      for (const piece of isWhole ? [text] : cut(text)) events.push(delta(type, member, piece))
    }
    events.push({ type: 'content_block_stop', index })
  }
  events.push({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 34 },
  })
  events.push({ type: 'message_stop' })
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

type Delta = readonly [type: string, member: string, text: string, isWhole: boolean]

function beginOf(block: Block): { start: Block; deltas: readonly Delta[] } {
  const { type } = block
  if (type === 'text')
    return { start: { type, text: '' }, deltas: [['text_delta', 'text', String(block['text']), false]] }
  if (type === 'thinking') {
    return {
      start: { type, thinking: '', signature: '' },
      deltas: [
        ['thinking_delta', 'thinking', String(block['thinking']), false],
        ['signature_delta', 'signature', String(block['signature']), true],
      ],
    }
  }
  if (type === 'tool_use' || type === 'server_tool_use') {
    const { id, name, input } = block
    return {
      start: { type, id, name, input: {} },
      deltas: [['input_json_delta', 'partial_json', JSON.stringify(input), false]],
    }
  }
  return { start: block, deltas: [] }
}

/** What a client puts together out of the events. */
export function joinEvents(text: string): Record<string, unknown>[] {
  const blocks: Record<string, unknown>[] = []
  for (const part of text.split('\n\n').filter((event) => event !== '')) {
    const event = JSON.parse(part.slice(part.indexOf('data: ') + 'data: '.length)) as {
      type: string
      index: number
      content_block?: Record<string, unknown>
      delta?: Record<string, string>
    }
    if (event.type === 'content_block_start' && event.content_block) {
      const { input, ...block } = event.content_block
      blocks[event.index] = input === undefined ? block : { ...block, input: '' }
    }
    if (event.type !== 'content_block_delta') continue
    const block = (blocks[event.index] ??= {})
    for (const [member, piece] of Object.entries(event.delta ?? {})) {
      if (member === 'type') continue
      const name = member === 'partial_json' ? 'input' : member
      const before = block[name]
      block[name] = (typeof before === 'string' ? before : '') + piece
    }
  }
  return blocks.map((block) =>
    'input' in block ? { ...block, input: JSON.parse(String(block['input'])) as unknown } : block,
  )
}
