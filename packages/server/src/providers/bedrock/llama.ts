import type { AnswerDialect, AnswerPart, FinishReason } from '../chat/answer.ts'
import type { Setting } from '../chat/carried.ts'
import type { Fields } from '../chat/json.ts'
import { toFields } from '../chat/json.ts'
import { parseAnswer, requireKnown, requireText } from '../chat/parse-answer.ts'
import { readChatRequest } from '../chat/read-request.ts'
import { invalidAnswer, notCarried } from '../chat/refusals.ts'
import type { ChatRequest } from '../chat/request.ts'

/** What Llama's own body has a place for; Converse has one for tools. */
const CARRIES: ReadonlySet<Setting> = new Set(['max_tokens', 'temperature', 'top_p'])
const MAX_TEMPERATURE = 1
/** The service's own default of 512 cuts answers short without a word. */
const DEFAULT_MAX_TOKENS = 2_048
// Everything in a prompt is one text: what looks like these begins another speaker's turn.
const SPECIAL = /<\|[a-z0-9_ ]*\|>/i

/** Throws `body.feature-refused`, also for a text that would forge a speaker's turn. */
export function readForLlama(text: string): ChatRequest {
  const request = readChatRequest(text, { carries: CARRIES, maxTemperature: MAX_TEMPERATURE })
  for (const said of [...request.system, ...request.turns.flatMap(({ pieces }) => pieces.map(textOf))]) {
    if (SPECIAL.test(said)) throw notCarried('/messages', 'a text holds what the model takes for the end of a turn')
  }
  return request
}

/** A body of InvokeModel for Llama 3 and later, with the prompt in the form that they were taught. */
export function writeLlama({ system, turns, maxTokens = DEFAULT_MAX_TOKENS, temperature, topP }: ChatRequest): string {
  const say = (role: string, text: string): string =>
    `<|start_header_id|>${role}<|end_header_id|>\n\n${text.trim()}<|eot_id|>`
  const said = [
    ...(system.length > 0 ? [say('system', system.join('\n\n'))] : []),
    ...turns.map(({ role, pieces }) => say(role, pieces.map(textOf).join('\n\n'))),
  ]
  return JSON.stringify({
    prompt: `<|begin_of_text|>${said.join('')}<|start_header_id|>assistant<|end_header_id|>\n\n`,
    max_gen_len: maxTokens,
    temperature,
    top_p: topP,
  })
}

function textOf(piece: ChatRequest['turns'][number]['pieces'][number]): string {
  // Calls cannot have been made: no tool can be declared.
  if (piece.kind !== 'text') throw notCarried('/messages', 'calls of tools cannot be carried')
  return piece.text
}

const REASONS: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' }

/** How Llama answers through InvokeModel: the same members whole and in each chunk, the last of which says why it ended. */
export const LLAMA_DIALECT: AnswerDialect = {
  readWhole(text) {
    const state = createState()
    return [...state.read(toFields(parseAnswer(text))), ...state.end()]
  },
  createReader() {
    const state = createState()
    return { push: ({ data }) => state.read(toFields(parseAnswer(data))), end: () => state.end() }
  },
}

function createState() {
  let prompt = 0
  let isEnded = false
  return {
    read(event: Fields): AnswerPart[] {
      if (isEnded) throw invalidAnswer('an event outside the answer')
      const { generation, stop_reason: reason, prompt_token_count: read, generation_token_count: written } = event
      if (typeof read === 'number') prompt = read
      const parts: AnswerPart[] = [{ kind: 'text', text: requireText(generation) }]
      if (reason === null || reason === undefined) return parts
      isEnded = true
      if (typeof written === 'number') parts.push({ kind: 'usage', usage: { prompt, completion: written } })
      return [...parts, { kind: 'finish', reason: requireKnown(REASONS, reason, 'a reason to end') }]
    },
    end(): AnswerPart[] {
      if (!isEnded) throw invalidAnswer('the answer ended early')
      return []
    },
  }
}
