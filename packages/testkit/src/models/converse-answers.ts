import type { Cut, ModelBlock, ModelScript, ModelStop } from './script.ts'

const REASONS: Readonly<Record<ModelStop, string>> = {
  end: 'end_turn',
  length: 'max_tokens',
  call: 'tool_use',
  filtered: 'guardrail_intervened',
}
const SIGNATURE = 'EqQBCkYIARgCKkBQ=='

/** A whole answer of Converse. */
export function converseAnswer({ blocks, stop, usage }: ModelScript): object {
  return {
    output: { message: { role: 'assistant', content: blocks.map(toBlock) } },
    stopReason: REASONS[stop],
    usage: toUsage(usage),
    metrics: { latencyMs: 12 },
  }
}

/** The events of a ConverseStream: each one's name and payload. */
export function converseEvents({ blocks, stop, usage }: ModelScript, cut: Cut): [string, object][] {
  return [
    ['messageStart', { role: 'assistant', p: 'abcd' }],
    ...blocks.flatMap((block, contentBlockIndex): [string, object][] => [
      ...(block.kind === 'call'
        ? ([
            ['contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: block.id, name: block.name } } }],
          ] as [string, object][])
        : []),
      ...toDeltas(block, cut).map((delta): [string, object] => [
        'contentBlockDelta',
        { contentBlockIndex, delta, p: 'ab' },
      ]),
      ['contentBlockStop', { contentBlockIndex }],
    ]),
    ['messageStop', { stopReason: REASONS[stop] }],
    ['metadata', { usage: toUsage(usage), metrics: { latencyMs: 12 } }],
  ]
}

function toUsage({ read, written }: ModelScript['usage']): object {
  return { inputTokens: read, outputTokens: written, totalTokens: read + written }
}

function toBlock(block: ModelBlock): object {
  if (block.kind === 'text') return { text: block.text }
  if (block.kind === 'thinking')
    return { reasoningContent: { reasoningText: { text: block.text, signature: SIGNATURE } } }
  return { toolUse: { toolUseId: block.id, name: block.name, input: block.input } }
}

function toDeltas(block: ModelBlock, cut: Cut): object[] {
  if (block.kind === 'text') return cut(block.text).map((text) => ({ text }))
  if (block.kind === 'thinking') {
    return [...cut(block.text).map((text) => ({ text })), { signature: SIGNATURE }].map((reasoningContent) => ({
      reasoningContent,
    }))
  }
  if (Object.keys(block.input).length === 0) return []
  return cut(JSON.stringify(block.input)).map((input) => ({ toolUse: { input } }))
}
