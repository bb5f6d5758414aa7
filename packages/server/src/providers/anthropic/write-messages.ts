import { AppError } from '@breakwater/kernel'
import type { Setting } from '../chat/carried.ts'
import { readChatRequest } from '../chat/read-request.ts'
import { notCarried } from '../chat/refusals.ts'
import type { ChatRequest, Piece, ToolChoice } from '../chat/request.ts'
import { requireTools } from '../chat/require-tools.ts'

/**
 * What the Messages API has a place for. Thoughts cannot be asked for: they are signed and must be sent back with a
 * tool's result, which the chat dialect cannot; who wants them speaks the Messages dialect.
 */
const CARRIES = [
  'max_tokens',
  'parallel_tool_calls',
  'reasoning_effort',
  'response_format.json_schema',
  'stop',
  'tool_choice',
  'tool_choice.none',
  'tools',
  'tools.strict',
  'user',
] as const satisfies Setting[]
/** By `anthropic-version`: since 2026-10-21 sampling is the model's own affair, and a body that speaks of it is refused. */
const VERSIONS = {
  '2023-06-01': new Set<Setting>([...CARRIES, 'temperature', 'top_p']),
  '2026-10-21': new Set<Setting>(CARRIES),
} as const satisfies Record<string, ReadonlySet<Setting>>
export type MessagesVersion = keyof typeof VERSIONS
/** What the clouds that host Claude speak, whatever their own version is called. */
export const FIRST_VERSION: MessagesVersion = '2023-06-01'

const MAX_TEMPERATURE = 1
/** Of `output_config`; OpenAI's `none` and `minimal` have no counterpart. */
const EFFORTS: ReadonlySet<string> = new Set(['low', 'medium', 'high', 'xhigh', 'max'])
/** The Messages API demands a limit; a caller that named none gets one that every Claude model accepts. */
const DEFAULT_MAX_TOKENS = 4_096

interface MessagesBody {
  /** What the upstream gets beside the rest: the model and the mode, where it wants them in the body. */
  readonly head: object
  readonly request: ChatRequest
}

/** Throws `body.feature-refused` and `body.invalid`. */
export function readForMessages(text: string, version = FIRST_VERSION): ChatRequest {
  const request = readChatRequest(text, { carries: VERSIONS[version], maxTemperature: MAX_TEMPERATURE })
  requireTools(request)
  const { reasoningEffort } = request
  if (reasoningEffort !== undefined && !EFFORTS.has(reasoningEffort)) {
    throw notCarried('/reasoning_effort', 'this provider has no such effort')
  }
  return request
}

/** Throws `provider.rejected` for a version whose rules are not known here. */
export function requireVersion(version: string): MessagesVersion {
  if (isVersion(version)) return version
  throw new AppError('provider.rejected', { message: 'the row names a version that is not spoken here' })
}

function isVersion(version: string): version is MessagesVersion {
  return Object.hasOwn(VERSIONS, version)
}

/** A body of Anthropic's Messages API. */
export function writeMessages({ head, request }: MessagesBody): string {
  const { system, turns, tools, stop, temperature, topP, maxTokens = DEFAULT_MAX_TOKENS, user } = request
  return JSON.stringify({
    ...head,
    max_tokens: maxTokens,
    ...(system.length > 0 && { system: system.map((text) => ({ type: 'text', text })) }),
    messages: turns.map(({ role, pieces }) => ({ role, content: pieces.map(toBlock) })),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters, isStrict }) => ({
        name,
        description,
        input_schema: { type: 'object', ...parameters },
        ...(isStrict && { strict: true }),
      })),
      ...toChoice(request),
    }),
    ...(stop.length > 0 && { stop_sequences: stop }),
    temperature,
    top_p: topP,
    ...(user !== undefined && { metadata: { user_id: user } }),
    ...toOutputConfig(request),
  })
}

function toOutputConfig({ format, reasoningEffort: effort }: ChatRequest): object {
  if (format?.kind !== 'schema' && effort === undefined) return {}
  return {
    output_config: {
      ...(effort !== undefined && { effort }),
      ...(format?.kind === 'schema' && { format: { type: 'json_schema', schema: format.schema } }),
    },
  }
}

function toBlock(piece: Piece): object {
  switch (piece.kind) {
    case 'text':
      return { type: 'text', text: piece.text }
    case 'call':
      return { type: 'tool_use', id: piece.id, name: piece.name, input: piece.input }
    case 'result':
      return { type: 'tool_result', tool_use_id: piece.id, content: piece.text }
  }
}

const CHOICES = { auto: 'auto', none: 'none', required: 'any', named: 'tool' } as const satisfies Record<
  ToolChoice['kind'],
  string
>

function toChoice({ toolChoice, allowsParallelCalls }: ChatRequest): object {
  if (!toolChoice && allowsParallelCalls !== false) return {}
  const choice = toolChoice ?? { kind: 'auto' }
  if (choice.kind === 'none' && allowsParallelCalls === false) return { tool_choice: { type: 'none' } }
  return {
    tool_choice: {
      type: CHOICES[choice.kind],
      ...(choice.kind === 'named' && { name: choice.name }),
      ...(allowsParallelCalls === false && { disable_parallel_tool_use: true }),
    },
  }
}
