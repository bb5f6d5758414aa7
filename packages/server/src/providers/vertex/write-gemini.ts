import type { Setting } from '../chat/carried.ts'
import { entryOf } from '../chat/json.ts'
import { readChatRequest } from '../chat/read-request.ts'
import { notCarried } from '../chat/refusals.ts'
import type { AnswerFormat, ChatRequest, Piece, ToolChoice, Turn } from '../chat/request.ts'

/** What `generateContent` has a place for. Thoughts are never asked for; an effort sets how long they may be. */
const CARRIES: ReadonlySet<Setting> = new Set([
  'frequency_penalty',
  'max_tokens',
  'presence_penalty',
  'reasoning_effort',
  'response_format.json_object',
  'response_format.json_schema',
  'seed',
  'stop',
  'temperature',
  'tool_choice',
  'tool_choice.none',
  'tools',
  'top_p',
])
const MAX_STOPS = 5
/** Tokens of thought; Google's own translation of OpenAI's dialect has the same. */
const BUDGETS: Readonly<Record<string, number>> = { none: 0, minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576 }
/** From Gemini 3 on. */
const LEVELS: Readonly<Record<string, string>> = { minimal: 'MINIMAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH' }
const MODES = { auto: 'AUTO', none: 'NONE', required: 'ANY', named: 'ANY' } as const satisfies Record<
  ToolChoice['kind'],
  string
>
/**
 * Gemini 3 wants each call of the past with the signature of the thought behind it, which the chat dialect has no place
 * for. This word, of Google's documentation, says that there is none.
 */
const NO_SIGNATURE = 'skip_thought_signature_validator'

/** Throws `body.feature-refused` and `body.invalid`. */
export function readForGemini(text: string): ChatRequest {
  return readChatRequest(text, { carries: CARRIES, maxStops: MAX_STOPS })
}

/** A body of `generateContent` and `streamGenerateContent`. Throws `body.feature-refused`. */
export function writeGemini(request: ChatRequest, model: string): string {
  const { system, turns, tools, toolChoice, stop, format } = request
  const isSigned = isFrom3On(model)
  return JSON.stringify({
    contents: turns.map((turn, at) => ({
      role: turn.role === 'user' ? 'user' : 'model',
      parts: inOrderOfCalls(turn, turns[at - 1]).map((piece) => toPart(piece, isSigned)),
    })),
    ...(system.length > 0 && { systemInstruction: { parts: system.map((text) => ({ text })) } }),
    ...(tools.length > 0 && {
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, parameters }) => ({
            name,
            description,
            parametersJsonSchema: parameters,
          })),
        },
      ],
      ...(toolChoice && { toolConfig: { functionCallingConfig: toMode(toolChoice) } }),
    }),
    generationConfig: {
      temperature: request.temperature,
      topP: request.topP,
      maxOutputTokens: request.maxTokens,
      seed: request.seed,
      presencePenalty: request.presencePenalty,
      frequencyPenalty: request.frequencyPenalty,
      ...(stop.length > 0 && { stopSequences: stop }),
      ...(format && toFormat(format)),
      ...(request.reasoningEffort !== undefined && { thinkingConfig: toThinking(request.reasoningEffort, model) }),
    },
  })
}

/** Vertex tells results by their order alone. */
function inOrderOfCalls({ pieces }: Turn, before: Turn | undefined): readonly Piece[] {
  const order = (before?.pieces ?? []).flatMap((piece) => (piece.kind === 'call' ? [piece.id] : []))
  const rank = (piece: Piece): number => (piece.kind === 'result' ? order.indexOf(piece.id) : order.length)
  return pieces.toSorted((one, other) => rank(one) - rank(other))
}

function toPart(piece: Piece, isSigned: boolean): object {
  switch (piece.kind) {
    case 'text':
      return { text: piece.text }
    case 'call':
      return {
        functionCall: { name: piece.name, args: piece.input },
        ...(isSigned && { thoughtSignature: NO_SIGNATURE }),
      }
    case 'result':
      return { functionResponse: { name: piece.name, response: { output: piece.text } } }
  }
}

function toMode(choice: ToolChoice): object {
  return { mode: MODES[choice.kind], ...(choice.kind === 'named' && { allowedFunctionNames: [choice.name] }) }
}

function toFormat(format: AnswerFormat): object {
  return {
    responseMimeType: 'application/json',
    ...(format.kind === 'schema' && { responseJsonSchema: format.schema }),
  }
}

function toThinking(effort: string, model: string): object {
  const [level, budget] = [entryOf(LEVELS, effort), entryOf(BUDGETS, effort)]
  if (isFrom3On(model) && level !== undefined) return { thinkingLevel: level }
  if (!isFrom3On(model) && budget !== undefined) return { thinkingBudget: budget }
  throw notCarried('/reasoning_effort', 'this model has no such effort')
}

function isFrom3On(model: string): boolean {
  return Number(/^gemini-(\d+)/.exec(model)?.[1] ?? 0) >= 3
}
