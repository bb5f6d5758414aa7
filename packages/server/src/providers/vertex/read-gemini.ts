import { randomUUID } from 'node:crypto'
import type { AnswerDialect, AnswerPart, FinishReason } from '../chat/answer.ts'
import type { Fields } from '../chat/json.ts'
import { isAbsent, isFields, toFields, toList } from '../chat/json.ts'
import { parseAnswer, requireText } from '../chat/parse-answer.ts'
import { invalidAnswer } from '../chat/refusals.ts'
import { readUsage, toFailure, toFinishReason } from './gemini-outcome.ts'

/** How Gemini answers: the same document whole and in each event, the last of which says why it ended. */
export const GEMINI_DIALECT: AnswerDialect = {
  readWhole(text) {
    const state = createState()
    return [...state.read(text), ...state.end()]
  },
  createReader() {
    const state = createState()
    return { push: ({ data }) => state.read(data), end: () => state.end() }
  },
}

/** A signature is for the vendor alone; the chat dialect has no place for it. */
const PART_MEMBERS: ReadonlySet<string> = new Set(['text', 'thought', 'thoughtSignature', 'functionCall'])
const CALL_MEMBERS: ReadonlySet<string> = new Set(['id', 'name', 'args'])

function createState() {
  let calls = 0
  let reason: FinishReason | undefined

  function readPart(part: Fields): AnswerPart[] {
    const { text, thought, functionCall } = part
    if (Object.keys(part).some((name) => !PART_MEMBERS.has(name)))
      throw invalidAnswer('a part of a kind that is not known')
    if (functionCall === undefined)
      return [{ kind: thought === true ? 'reasoning' : 'text', text: requireText(text ?? '') }]
    const { id, name, args } = toFields(functionCall)
    if (text !== undefined || Object.keys(toFields(functionCall)).some((member) => !CALL_MEMBERS.has(member))) {
      throw invalidAnswer('a call with parts that are not known')
    }
    if (!isAbsent(args) && !isFields(args)) throw invalidAnswer('the input of a tool is not an object')
    const index = calls++
    return [
      { kind: 'call', index, id: typeof id === 'string' && id !== '' ? id : makeCallId(), name: requireText(name) },
      { kind: 'arguments', index, text: JSON.stringify(args ?? {}) },
    ]
  }

  function readCandidate(candidate: Fields): AnswerPart[] {
    const { content, finishReason, groundingMetadata } = candidate
    // Nobody asked it to search.
    if (groundingMetadata !== undefined && Object.keys(toFields(groundingMetadata)).length > 0) {
      throw invalidAnswer('an answer from a search')
    }
    if (!isAbsent(finishReason)) reason = toFinishReason(finishReason)
    return toList(toFields(content)['parts']).flatMap((part) => readPart(toFields(part)))
  }

  return {
    read(text: string): AnswerPart[] {
      const document = toFields(parseAnswer(text))
      if (document['error'] !== undefined) throw toFailure(document['error'])
      const { candidates, promptFeedback, usageMetadata } = document
      const [candidate, ...others] = toList(candidates)
      if (others.length > 0) throw invalidAnswer('more than one answer')
      if (candidate === undefined && isAbsent(promptFeedback) && isAbsent(usageMetadata)) {
        throw invalidAnswer('the answer is not of the model')
      }
      const parts = candidate === undefined ? [] : readCandidate(toFields(candidate))
      if (candidate === undefined && toFields(promptFeedback)['blockReason'] !== undefined) reason = 'content_filter'
      const usage = readUsage(usageMetadata)
      return usage ? [...parts, { kind: 'usage', usage }] : parts
    },
    end(): AnswerPart[] {
      if (!reason) throw invalidAnswer('the answer ended early')
      return [{ kind: 'finish', reason: reason === 'stop' && calls > 0 ? 'tool_calls' : reason }]
    },
  }
}

/** Vertex may name no calls, but clients tell results by their ids. Letters only: nothing that could be taken for a record's number. */
function makeCallId(): string {
  const hex = randomUUID().replaceAll('-', '')
  return `call_${hex.replaceAll(/\d/g, (digit) => String.fromCharCode(103 + Number(digit)))}`
}
