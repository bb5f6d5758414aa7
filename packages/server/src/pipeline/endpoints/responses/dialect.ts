import type { AppError } from '@breakwater/kernel'
import type {
  AnswerDialect,
  AnswerHead,
  ChannelPlace,
  DocumentEvent,
  StreamEvent,
  TextPlace,
} from '../../answer/dialect.ts'
import { invalidAnswer, isRecord, keysOf, providerFailed, readObject } from '../../answer/root.ts'
import type { JsonObject } from '../../answer/root.ts'
import type { SseEvent } from '../../../platform/http/sse.ts'
import type { JsonPath } from '../../walk/path.ts'
import { RESPONSE, RESPONSES_EVENT } from './answer-shape.ts'
import { EVENTS } from './events.ts'
import type { EventRule } from './events.ts'

type Place = readonly (string | number)[]

/** Parts by their type: how the events of their text are called. */
const TEXT_NAMES: Readonly<Record<string, string>> = {
  output_text: 'output_text',
  refusal: 'refusal',
  reasoning_text: 'reasoning_text',
  summary_text: 'reasoning_summary_text',
  function_call: 'function_call_arguments',
  mcp_call: 'mcp_call_arguments',
  code_interpreter_call: 'code_interpreter_call_code',
}

const WHOLE: EventRule = { about: 'response' }

/**
 * `response` and its stream of named events. A text stands at `output_index` and a place in its item; pieces of it come
 * in `delta` events, and `done` events and the last one repeat the whole, which must be what the pieces said.
 */
export function createResponsesDialect({ answerId, model, isJsonContent }: AnswerHead): AnswerDialect {
  const itemIds = new Map<string, string>()
  const names = new Map<string, string>()
  let sequence = 0
  let createdAt = 0

  function readEvent({ name, data }: SseEvent): StreamEvent {
    // Some servers send it behind the last event.
    if (data === '[DONE]') throw invalidAnswer('the stream ended before its last event')
    const root = readObject(data)
    const type = String(root['type'])
    if (type === 'error' || type === 'response.failed') throw providerFailed()
    // Says that the connection lives while a model thinks, and nothing else: whatever it holds is dropped.
    if (type === 'keepalive') return { kind: 'ignored' }
    const rule = EVENTS.get(type)
    if (rule === undefined || (name !== 'message' && name !== type)) throw invalidAnswer('an event of an unknown kind')
    if (rule.about === 'response') readHead(root['response'])
    else if (rule.about === 'item' && !rule.isWhole) itemIds.set(ownerOf(root), '')
    else if (rule.about !== 'note' && !itemIds.has(ownerOf(root)))
      throw invalidAnswer('an event of an item that never came')
    return {
      kind: 'document',
      name: type,
      text: data,
      root,
      ends: () => false,
      isNews: !isPiece(rule),
      isLast: rule.isLast === true,
    }
  }

  function readHead(response: unknown): void {
    if (!isRecord(response)) throw invalidAnswer('the answer is not a response')
    if (typeof response['created_at'] === 'number') createdAt = response['created_at']
  }

  function channelOf(path: JsonPath, root: unknown): ChannelPlace {
    const { event, rule } = eventOf(root)
    const keys = keysOf(path)
    const { owner, place } = placeOf(keys, event, rule)
    const member = place.at(-1)
    const name = member === 'name' ? undefined : nameOf(keys, event, rule)
    if (name !== undefined) names.set(keyOf(owner, place), name)
    const isContent = isJsonContent && place[0] === 'content' && member === 'text'
    return { owner, place, isJson: member === 'arguments' || isContent, isWhole: rule.isWhole === true }
  }

  /** From `annotations/3/start_index` to the text beside the annotations, or to that of the event's part. */
  function textOf(path: JsonPath, root: unknown): TextPlace {
    const { event, rule } = eventOf(root)
    const keys = rule.about === 'annotation' ? [] : [...keysOf(path).slice(0, -3), 'text']
    const { owner, place } = placeOf(keys, event, rule)
    const text: unknown = keys.reduce<unknown>((node, key) => Reflect.get(Object(node), key), root)
    return {
      owner,
      place,
      isJson: isJsonContent,
      ...(rule.about !== 'annotation' && { text: typeof text === 'string' ? text : '' }),
    }
  }

  function toEvent(name: string, document: JsonObject): string {
    return `event: ${name}\ndata: ${JSON.stringify({ ...document, sequence_number: sequence++ })}\n\n`
  }

  return {
    shapes: { whole: RESPONSE, event: RESPONSES_EVENT },
    repeats: true,
    readWhole(text) {
      const root = readObject(text)
      if (root['object'] === 'response') {
        if (root['status'] === 'failed' || isRecord(root['error'])) throw providerFailed()
        return root
      }
      if (root['error'] !== undefined) throw providerFailed()
      throw invalidAnswer('the answer is not a response')
    },
    readEvent,
    channelOf,
    textOf,
    before: ({ owner, place: [list, index, member] }) =>
      list === 'content' && member === 'text' ? { owner, place: [list, Number(index) - 1, member] } : undefined,
    isHead: (path) => !(path.key === 'delta' && path.parent && !path.parent.parent),
    toEvent({ name }: DocumentEvent, text) {
      const document = readObject(text)
      const { item } = document
      if (isRecord(item)) itemIds.set(ownerOf(document), String(item['id']))
      return toEvent(name, document)
    },
    toRest({ owner, place }, rest) {
      const name = names.get(keyOf(owner, place))
      if (name === undefined) return ''
      const [list, index] = place
      const indices = {
        ...(list === 'content' && { content_index: index }),
        ...(list === 'summary' && { summary_index: index }),
      }
      const type = `response.${name}.delta`
      return toEvent(type, {
        type,
        item_id: itemIds.get(owner) ?? '',
        output_index: Number(owner),
        ...indices,
        delta: rest,
        ...(name === 'output_text' && { logprobs: [] }),
      })
    },
    toError: (error) => toEvent('response.failed', { type: 'response.failed', response: toFailed(error) }),
  }

  function toFailed({ code, message }: AppError): JsonObject {
    return {
      id: answerId,
      object: 'response',
      created_at: createdAt,
      model,
      status: 'failed',
      error: { code: 'server_error', message: `${code}: ${message}` },
      incomplete_details: null,
      instructions: null,
      metadata: {},
      output: [],
      parallel_tool_calls: true,
      temperature: null,
      tool_choice: 'auto',
      tools: [],
      top_p: null,
    }
  }
}

interface EventOf {
  readonly event: JsonObject
  readonly rule: EventRule
}

/** The event that a document is, or the whole answer. */
function eventOf(root: unknown): EventOf {
  const event = isRecord(root) && typeof root['type'] === 'string' ? root : {}
  return { event, rule: EVENTS.get(String(event['type'])) ?? WHOLE }
}

function isPiece({ about, isWhole }: EventRule): boolean {
  return about === 'text' && isWhole !== true
}

/** Where a text stands among all of the answer, by its place in one document of it. */
function placeOf(keys: Place, event: JsonObject, rule: EventRule): Pick<ChannelPlace, 'owner' | 'place'> {
  if (rule.about === 'response') {
    const [, index, ...place] = keys[0] === 'response' ? keys.slice(1) : keys
    return { owner: String(index), place }
  }
  const owner = ownerOf(event)
  if (rule.about === 'item') return { owner, place: keys.slice(1) }
  const member = rule.about === 'part' ? keys.at(-1) : keys[0] === 'name' ? 'name' : rule.member
  if (member === 'name' || rule.list === undefined) return { owner, place: [member ?? ''] }
  return { owner, place: [rule.list, indexOf(event, `${rule.list}_index`), member ?? ''] }
}

/** How the events are called that bring the pieces of this text. */
function nameOf(keys: Place, event: JsonObject, rule: EventRule): string | undefined {
  if (rule.about === 'text') return String(event['type']).split('.')[1]
  if (rule.about === 'response') return undefined
  const holder: unknown = keys.slice(0, -1).reduce<unknown>((node, key) => Reflect.get(Object(node), key), event)
  return isRecord(holder) ? TEXT_NAMES[String(holder['type'])] : undefined
}

function ownerOf(event: JsonObject): string {
  return String(indexOf(event, 'output_index'))
}

function indexOf(event: JsonObject, name: string): number {
  const index = event[name]
  if (Number.isSafeInteger(index) && Number(index) >= 0) return Number(index)
  throw invalidAnswer('an event without its place')
}

function keyOf(owner: string, place: Place): string {
  return JSON.stringify([owner, place])
}
