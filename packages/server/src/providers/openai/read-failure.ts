import type { ErrorCode } from '@breakwater/kernel'
import type { UpstreamFailure } from '../transport/index.ts'
import { ProviderError } from '../transport/index.ts'

/** Codes that OpenAI and those who speak like it put into errors, and what they mean to our caller. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['content_filter', 'provider.content-filtered'],
  ['content_policy_violation', 'provider.content-filtered'],
  ['ResponsibleAIPolicyViolation', 'provider.content-filtered'],
  ['invalid_prompt', 'provider.content-filtered'],
  ['context_length_exceeded', 'provider.context-exceeded'],
  ['string_above_max_length', 'provider.context-exceeded'],
  // llama.cpp's server.
  ['exceed_context_size_error', 'provider.context-exceeded'],
])

/** Azure's filters, and no other word of theirs. */
const FILTERS = [
  'hate',
  'indirect_attack',
  'jailbreak',
  'profanity',
  'protected_material_code',
  'protected_material_text',
  'self_harm',
  'sexual',
  'violence',
] as const

const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  'provider.content-filtered': "the provider's content filter refused the request",
  'provider.context-exceeded': 'the request is longer than the model reads',
}

type Json = Readonly<Record<string, unknown>>

/** What a 4xx says of itself, as a code of ours and names of a closed set. Its text is never read out. */
export function readOpenAiFailure({ status, body }: UpstreamFailure): ProviderError | undefined {
  if (status !== 400 && status !== 413 && status !== 422) return undefined
  const error = toRecord(toRecord(JSON.parse(new TextDecoder().decode(body)))['error'])
  const inner = toRecord(error['innererror'])
  const code = [error['code'], inner['code'], error['type']].map((name) => CODES.get(String(name))).find(Boolean)
  if (code === undefined) return undefined
  const filters = code === 'provider.content-filtered' ? readFilters(inner) : []
  const message = [
    MESSAGES[code] ?? 'the provider refused the request',
    ...(filters.length > 0 ? [filters.join(', ')] : []),
  ]
  return new ProviderError(code, { message: message.join(': ') })
}

function readFilters(inner: Json): readonly string[] {
  const results = toRecord(inner['content_filter_result'] ?? inner['content_filter_results'])
  return FILTERS.filter((name) => {
    const { filtered, detected } = toRecord(results[name])
    return filtered === true || detected === true
  })
}

function toRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}
