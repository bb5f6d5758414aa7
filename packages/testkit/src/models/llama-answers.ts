import type { Cut, ModelScript } from './script.ts'

/** A whole answer of Llama through InvokeModel: text alone. */
export function llamaAnswer({ blocks, stop, usage }: ModelScript): object {
  return {
    generation: textOf(blocks),
    prompt_token_count: usage.read,
    generation_token_count: usage.written,
    stop_reason: stop === 'length' ? 'length' : 'stop',
  }
}

/** The documents of a streamed one. */
export function llamaEvents({ blocks, stop, usage }: ModelScript, cut: Cut): object[] {
  const said = cut(textOf(blocks)).map((generation, at) => ({
    generation,
    prompt_token_count: at === 0 ? usage.read : null,
    generation_token_count: at + 1,
    stop_reason: null,
  }))
  const last = {
    generation: '',
    prompt_token_count: said.length === 0 ? usage.read : null,
    generation_token_count: usage.written,
    stop_reason: stop === 'length' ? 'length' : 'stop',
    'amazon-bedrock-invocationMetrics': { inputTokenCount: usage.read, outputTokenCount: usage.written },
  }
  return [...said, last]
}

function textOf(blocks: ModelScript['blocks']): string {
  return blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('')
}
