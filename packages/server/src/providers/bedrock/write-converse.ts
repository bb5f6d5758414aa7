import type { Setting } from '../chat/carried.ts'
import { readChatRequest } from '../chat/read-request.ts'
import type { ChatRequest, Piece, ToolChoice } from '../chat/request.ts'
import { requireTools } from '../chat/require-tools.ts'

/** What Converse has a place for. It can neither forbid tools that are declared nor ask for one call at a time. */
const CARRIES: ReadonlySet<Setting> = new Set([
  'max_tokens',
  'response_format.json_schema',
  'stop',
  'temperature',
  'tool_choice',
  'tools',
  'tools.strict',
  'top_p',
])
const MAX_TEMPERATURE = 1

/** A guardrail of the account that every request passes. */
export interface Guardrail {
  readonly id: string
  readonly version: string
}

/** Throws `body.feature-refused` and `body.invalid`. */
export function readForConverse(text: string): ChatRequest {
  const request = readChatRequest(text, { carries: CARRIES, maxTemperature: MAX_TEMPERATURE })
  requireTools(request)
  return request
}

/** A body of Converse and of ConverseStream. */
export function writeConverse(request: ChatRequest, guardrail?: Guardrail): string {
  const { system, turns, tools, stop, maxTokens, temperature, topP, format, toolChoice, isStream } = request
  return JSON.stringify({
    messages: turns.map(({ role, pieces }) => ({ role, content: pieces.map(toBlock) })),
    ...(system.length > 0 && { system: system.map((text) => ({ text })) }),
    inferenceConfig: { maxTokens, temperature, topP, ...(stop.length > 0 && { stopSequences: stop }) },
    ...(tools.length > 0 && {
      toolConfig: {
        tools: tools.map(({ name, description, parameters, isStrict }) => ({
          toolSpec: { name, description, inputSchema: { json: parameters }, ...(isStrict && { strict: true }) },
        })),
        ...(toolChoice && { toolChoice: toChoice(toolChoice) }),
      },
    }),
    ...(format?.kind === 'schema' && {
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: {
            jsonSchema: { name: format.name, description: format.description, schema: JSON.stringify(format.schema) },
          },
        },
      },
    }),
    ...(guardrail && {
      guardrailConfig: {
        guardrailIdentifier: guardrail.id,
        guardrailVersion: guardrail.version,
        // Asynchronous, it would let words out that it then finds fault with.
        ...(isStream && { streamProcessingMode: 'sync' }),
      },
    }),
  })
}

function toBlock(piece: Piece): object {
  switch (piece.kind) {
    case 'text':
      return { text: piece.text }
    case 'call':
      return { toolUse: { toolUseId: piece.id, name: piece.name, input: piece.input } }
    case 'result':
      // A blank text is refused; no content is not.
      return { toolResult: { toolUseId: piece.id, content: piece.text.trim() === '' ? [] : [{ text: piece.text }] } }
  }
}

function toChoice(choice: ToolChoice): object {
  if (choice.kind === 'named') return { tool: { name: choice.name } }
  return choice.kind === 'required' ? { any: {} } : { auto: {} }
}
