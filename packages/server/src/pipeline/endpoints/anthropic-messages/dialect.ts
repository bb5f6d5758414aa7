import { toAnthropicError } from '../../../platform/http/anthropic.ts'
import type { AnswerDialect, AnswerHead, StreamEvent } from '../../answer/dialect.ts'
import type { SentText } from '../../answer/locate.ts'
import { indexOf, invalidAnswer, isRecord, keysOf, placeOf, providerFailed, readObject } from '../../answer/root.ts'
import type { JsonObject } from '../../answer/root.ts'
import { toOneLine } from '../../../platform/http/sse.ts'
import type { SseEvent } from '../../../platform/http/sse.ts'
import { MESSAGE_ANSWER, MESSAGE_EVENT } from './answer-shape.ts'
import { listDocuments } from './documents.ts'

/** The text of a block that each kind of delta adds to. */
const DELTAS = [
  { type: 'text_delta', member: 'text', place: 'text' },
  { type: 'input_json_delta', member: 'partial_json', place: 'input' },
  { type: 'thinking_delta', member: 'thinking', place: 'thinking' },
  { type: 'signature_delta', member: 'signature', place: 'signature' },
] as const

const EVENTS: ReadonlySet<string> = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
])
const KNOWN_DELTAS: ReadonlySet<string> = new Set([...DELTAS.map(({ type }) => type), 'citations_delta'])

/** Anthropic's messages: a text belongs to a content block and ends with it; the stream ends with `message_stop`. */
export function createMessagesDialect({ isJsonContent, request }: AnswerHead): AnswerDialect {
  // Read for the first citation: most answers have none.
  let documents: SentText[] | undefined

  function readDocuments(): SentText[] {
    if (!request) return []
    const sent = listDocuments(request.sent)
    return listDocuments(request.own).map((own, index) => ({ own, sent: sent[index] ?? '' }))
  }

  function readEvent({ name, data }: SseEvent): StreamEvent {
    if (name === 'ping') return { kind: 'ignored' }
    if (name === 'error') throw providerFailed()
    const root = readObject(data)
    const { type, index } = root
    if (type !== name || !EVENTS.has(name)) throw invalidAnswer('an event of an unknown kind')
    if (name.startsWith('content_block') && indexOf(root) === undefined) throw invalidAnswer('an event without index')
    if (name === 'content_block_delta') requireKnownDelta(root)
    return {
      kind: 'document',
      name,
      text: data,
      root,
      ends: (owner) => name === 'content_block_stop' && owner === String(index),
      isNews: name !== 'content_block_delta' || isCitation(root),
      isLast: name === 'message_stop',
    }
  }

  return {
    shapes: { whole: MESSAGE_ANSWER, event: MESSAGE_EVENT },
    readWhole(text) {
      const root = readObject(text)
      if (root['type'] === 'error') throw providerFailed()
      if (root['type'] !== 'message' || !Array.isArray(root['content']))
        throw invalidAnswer('the answer is not a message')
      return root
    },
    readEvent,
    channelOf(path, root) {
      const [first = '', second = '', ...rest] = placeOf(path, root)
      const member = String(rest.at(-1) ?? second)
      const place = DELTAS.find((delta) => delta.member === member)?.place ?? member
      const owner = first === 'content' ? String(second) : String(indexOf(root) ?? '')
      return { owner, place: [place], isJson: place === 'input' || (isJsonContent && place === 'text') }
    },
    placeInRequest(path, root, place) {
      const citation: unknown = keysOf(path)
        .slice(0, -1)
        .reduce<unknown>((node, key) => Reflect.get(Object(node), key), root)
      const text = (documents ??= readDocuments())[Number(Object(citation)['document_index'])]
      return text && request?.locate(text, place)
    },
    // What it cites it says in blocks of their own.
    before: ({ owner, place }) => (place[0] === 'text' ? { owner: String(Number(owner) - 1), place } : undefined),
    isHead: ({ key, parent }) => parent?.parent === undefined || key === 'type',
    toEvent: ({ name }, document) => toSse(name, document),
    toRest({ owner, place: [kind] }, rest) {
      const delta = DELTAS.find(({ place }) => place === kind)
      if (!delta) throw invalidAnswer('a block holds a text of an unknown kind')
      const { type, member } = delta
      const document = { type: 'content_block_delta', index: Number(owner), delta: { type, [member]: rest } }
      return toSse('content_block_delta', JSON.stringify(document))
    },
    toError: (error) => toSse('error', JSON.stringify(toAnthropicError(error))),
  }
}

function requireKnownDelta({ delta }: JsonObject): void {
  if (isRecord(delta) && typeof delta['type'] === 'string' && KNOWN_DELTAS.has(delta['type'])) return
  throw invalidAnswer('a delta of an unknown kind')
}

function isCitation({ delta }: JsonObject): boolean {
  return isRecord(delta) && delta['type'] === 'citations_delta'
}

function toSse(name: string, document: string): string {
  return `event: ${name}\ndata: ${toOneLine(document)}\n\n`
}
