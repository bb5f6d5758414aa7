import type { ErrorCode } from '@breakwater/kernel'
import type { FinishReason, Usage } from '../chat/answer.ts'
import type { Fields } from '../chat/json.ts'
import { entryOf, toFields } from '../chat/json.ts'
import { requireKnown } from '../chat/parse-answer.ts'
import { failWith } from '../transport/provider-error.ts'
import type { ProviderError } from '../transport/provider-error.ts'

/** `pause_turn` is missing on purpose: only the vendor's own tools pause, and none is ever asked for. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

/** Types of `error` objects, whole or as an event; what is not here is `provider.failed`. */
const ERRORS: Readonly<Record<string, ErrorCode>> = {
  authentication_error: 'provider.credentials-refused',
  billing_error: 'provider.credentials-refused',
  permission_error: 'provider.credentials-refused',
  invalid_request_error: 'provider.rejected',
  not_found_error: 'provider.rejected',
  request_too_large: 'provider.rejected',
  overloaded_error: 'provider.rate-limited',
  rate_limit_error: 'provider.rate-limited',
  timeout_error: 'provider.timeout',
}

export function toFinishReason(reason: unknown): FinishReason {
  return requireKnown(REASONS, reason, 'a reason to end')
}

/** Its text stays here. `hasBegun`: it came within an answer, so a model has worked on it. */
export function toFailure(error: unknown, hasBegun: boolean): ProviderError {
  const code = entryOf(ERRORS, toFields(error)['type']) ?? 'provider.failed'
  return failWith(code, { isUnprocessed: !hasBegun && code === 'provider.rate-limited' })
}

/** Tokens so far: a stream tells those read at its start and those written at its end. */
export function addUsage(before: Usage | undefined, value: unknown): Usage | undefined {
  const usage = toFields(value)
  const written = countOf(usage, 'output_tokens')
  const fresh = countOf(usage, 'input_tokens')
  if (written === undefined && fresh === undefined) return before
  const cached = countOf(usage, 'cache_read_input_tokens')
  const reasoning = countOf(toFields(usage['output_tokens_details']), 'thinking_tokens') ?? before?.reasoning
  const prompt =
    fresh === undefined ? undefined : fresh + (cached ?? 0) + (countOf(usage, 'cache_creation_input_tokens') ?? 0)
  return {
    prompt: prompt ?? before?.prompt ?? 0,
    completion: written ?? before?.completion ?? 0,
    ...((cached ?? before?.cached) !== undefined && { cached: cached ?? before?.cached ?? 0 }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

function countOf(usage: Fields, name: string): number | undefined {
  const value = usage[name]
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined
}
