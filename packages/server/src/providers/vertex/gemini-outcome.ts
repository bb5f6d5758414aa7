import type { ErrorCode } from '@breakwater/kernel'
import type { FinishReason, Usage } from '../chat/answer.ts'
import type { Fields } from '../chat/json.ts'
import { entryOf, toFields } from '../chat/json.ts'
import { requireKnown } from '../chat/parse-answer.ts'
import { failWith } from '../transport/provider-error.ts'
import type { ProviderError } from '../transport/provider-error.ts'

/** What a model garbled (`MALFORMED_FUNCTION_CALL`, `UNEXPECTED_TOOL_CALL`) and what says nothing (`OTHER`) is no answer. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  BLOCKLIST: 'content_filter',
  LANGUAGE: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  RECITATION: 'content_filter',
  SAFETY: 'content_filter',
  SPII: 'content_filter',
}

/** Codes of google.rpc.Code; what is not here failed. */
const ERRORS: Readonly<Record<string, ErrorCode>> = {
  DEADLINE_EXCEEDED: 'provider.timeout',
  FAILED_PRECONDITION: 'provider.rejected',
  INVALID_ARGUMENT: 'provider.rejected',
  NOT_FOUND: 'provider.rejected',
  OUT_OF_RANGE: 'provider.rejected',
  PERMISSION_DENIED: 'provider.credentials-refused',
  RESOURCE_EXHAUSTED: 'provider.rate-limited',
  UNAUTHENTICATED: 'provider.credentials-refused',
}

export function toFinishReason(reason: unknown): FinishReason {
  return requireKnown(REASONS, reason, 'a reason to end')
}

/** Its text stays here. */
export function toFailure(error: unknown): ProviderError {
  return failWith(entryOf(ERRORS, toFields(error)['status']) ?? 'provider.failed')
}

/** Thoughts are written too, though Google counts them apart. */
export function readUsage(value: unknown): Usage | undefined {
  const usage = toFields(value)
  const prompt = countOf(usage, 'promptTokenCount')
  if (prompt === undefined) return undefined
  const [thoughts, cached] = [countOf(usage, 'thoughtsTokenCount'), countOf(usage, 'cachedContentTokenCount')]
  return {
    prompt: prompt + (countOf(usage, 'toolUsePromptTokenCount') ?? 0),
    completion: (countOf(usage, 'candidatesTokenCount') ?? 0) + (thoughts ?? 0),
    ...(cached !== undefined && { cached }),
    ...(thoughts !== undefined && { reasoning: thoughts }),
  }
}

function countOf(usage: Fields, name: string): number | undefined {
  const value = usage[name]
  return Number.isSafeInteger(value) ? Number(value) : undefined
}
