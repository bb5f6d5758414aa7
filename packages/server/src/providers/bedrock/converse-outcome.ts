import type { FinishReason, Usage } from '../chat/answer.ts'
import { toFields } from '../chat/json.ts'
import { requireKnown } from '../chat/parse-answer.ts'

/** `malformed_model_output` and `malformed_tool_use` are missing on purpose: what a model garbled is no answer. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
}

/** Throws `provider.invalid-answer` for a reason that is not on the list. */
export function toFinishReason(reason: unknown): FinishReason {
  return requireKnown(REASONS, reason, 'a reason to end')
}

/** `inputTokens` leaves out what came from the cache or went into it. */
export function readUsage(value: unknown): Usage | undefined {
  const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens } = toFields(value)
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined
  const cached = typeof cacheReadInputTokens === 'number' ? cacheReadInputTokens : undefined
  const stored = typeof cacheWriteInputTokens === 'number' ? cacheWriteInputTokens : 0
  return {
    prompt: inputTokens + (cached ?? 0) + stored,
    completion: outputTokens,
    ...(cached !== undefined && { cached }),
  }
}
