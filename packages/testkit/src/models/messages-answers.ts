import type { Cut, ModelBlock, ModelScript, ModelStop } from './script.ts'

const REASONS: Readonly<Record<ModelStop, string>> = {
  end: 'end_turn',
  length: 'max_tokens',
  call: 'tool_use',
  filtered: 'refusal',
}
const SIGNATURE = 'EqQBCkYIARgCKkBQ=='

/** A whole answer of Anthropic's Messages API. */
export function messagesAnswer({ blocks, stop, usage }: ModelScript): object {
  return {
    ...head(),
    content: blocks.map(toBlock),
    stop_reason: REASONS[stop],
    usage: { input_tokens: usage.read, output_tokens: usage.written },
  }
}

/** The documents of a streamed one, in order. */
export function messagesEvents({ blocks, stop, usage }: ModelScript, cut: Cut): object[] {
  return [
    {
      type: 'message_start',
      message: { ...head(), content: [], stop_reason: null, usage: { input_tokens: usage.read, output_tokens: 1 } },
    },
    { type: 'ping' },
    ...blocks.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: toEmptyBlock(block) },
      ...toDeltas(block, cut).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: REASONS[stop], stop_sequence: null },
      usage: { output_tokens: usage.written },
    },
    { type: 'message_stop' },
  ]
}

function head(): object {
  return { id: 'msg_01', type: 'message', role: 'assistant', model: 'claude-upstream', stop_sequence: null }
}

function toBlock(block: ModelBlock): object {
  if (block.kind === 'text') return { type: 'text', text: block.text, citations: null }
  if (block.kind === 'thinking') return { type: 'thinking', thinking: block.text, signature: SIGNATURE }
  return { type: 'tool_use', id: block.id, name: block.name, input: block.input, caller: { type: 'direct' } }
}

function toEmptyBlock(block: ModelBlock): object {
  if (block.kind === 'call')
    return { type: 'tool_use', id: block.id, name: block.name, input: {}, caller: { type: 'direct' } }
  return toBlock({ ...block, text: '' })
}

function toDeltas(block: ModelBlock, cut: Cut): object[] {
  if (block.kind === 'text') return cut(block.text).map((text) => ({ type: 'text_delta', text }))
  if (block.kind === 'thinking') {
    const said = cut(block.text).map((thinking) => ({ type: 'thinking_delta', thinking }))
    return [...said, { type: 'signature_delta', signature: SIGNATURE }]
  }
  const isEmpty = Object.keys(block.input).length === 0
  // A call without arguments brings one empty piece.
  return ['', ...(isEmpty ? [] : cut(JSON.stringify(block.input)))].map((partial_json) => ({
    type: 'input_json_delta',
    partial_json,
  }))
}
