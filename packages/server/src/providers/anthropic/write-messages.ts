import type { Setting } from '../chat/carried.ts'
import { readChatRequest } from '../chat/read-request.ts'
import type { ChatRequest, Piece, ToolChoice } from '../chat/request.ts'
import { requireTools } from '../chat/require-tools.ts'

/**
 * What the Messages API has a place for. Not `reasoning_effort`: thinking is signed and must be sent back with a tool's
 * result, which the chat dialect cannot; who wants it speaks the Messages dialect.
 */
const CARRIES: ReadonlySet<Setting> = new Set([
  'max_tokens',
  'parallel_tool_calls',
  'response_format.json_schema',
  'stop',
  'temperature',
  'tool_choice',
  'tool_choice.none',
  'tools',
  'tools.strict',
  'top_p',
  'user',
])
const MAX_TEMPERATURE = 1
/** The Messages API demands a limit; a caller that named none gets one that every Claude model accepts. */
const DEFAULT_MAX_TOKENS = 4_096

interface MessagesBody {
  /** What the upstream gets beside the rest: the model and the mode, where it wants them in the body. */
  readonly head: object
  readonly request: ChatRequest
}

/** Throws `body.feature-refused` and `body.invalid`. */
export function readForMessages(text: string): ChatRequest {
  const request = readChatRequest(text, { carries: CARRIES, maxTemperature: MAX_TEMPERATURE })
  requireTools(request)
  return request
}

/** A body of Anthropic's Messages API. */
export function writeMessages({ head, request }: MessagesBody): string {
  const { system, turns, tools, stop, temperature, topP, maxTokens = DEFAULT_MAX_TOKENS, user, format } = request
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
    ...(format?.kind === 'schema' && { output_config: { format: { type: 'json_schema', schema: format.schema } } }),
  })
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
