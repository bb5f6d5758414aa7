import { AppError } from '@breakwater/kernel'
import { createDocumentGuard } from '../../answer/document-guard.ts'
import { createAnswerGuard } from '../../guard/channels.ts'
import { createRemovalFinder } from '../../guard/remover.ts'
import { createRestoreTable } from '../../guard/restorer.ts'
import { createTally } from '../../guard/step.ts'
import { maskBody } from '../../mask/mask-body.ts'
import { EVERY_CLASS, sampleEngine, sampleKeyring } from '../../test-parts.ts'
import { createTokenMaker } from '../../tokens/scope.ts'
import { createTokenMap } from '../../tokens/token-map.ts'
import { ENDPOINT_SPECS } from '../index.ts'
import type { EndpointSpec } from '../index.ts'
import { documentWith } from './property.ts'
import type { ClassifiedProperty } from './property.ts'

/** What becomes of a property, by the walker and the guard themselves. */
export interface Observed {
  readonly class: string
  /** The code of the refusal, or the features that the property alone makes use of. */
  readonly detail: string
}

const PLANTED = 'Dr. Zelda Quorn'
const SEALED = Buffer.from(Array.from({ length: 96 }, (_, at) => (at * 151 + 200) % 256)).toString('base64')
const scope = { tenant: 'acme', principal: 'app', conversation: 'c', patient: undefined, opening: '' }
const find = createRemovalFinder(sampleEngine)

type Json = Record<string, unknown>

const MESSAGE = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [] }
const RESPONSE = { object: 'response', id: 'resp_1', created_at: 1, model: 'm', status: 'completed', output: [] }
const CHAT = { object: 'chat.completion', id: 'x', created: 1, model: 'm' }
/** What a part of the description stands for where another part holds it. */
const PARTS: Readonly<Record<string, unknown>> = {
  '^Annotation': { type: 'url_citation', start_index: 0, end_index: 0, url: 'https://example.org', title: 'a' },
  '^InputItem': { role: 'user', content: 'a' },
  '^OutputItem': MESSAGE,
  '^Response': RESPONSE,
  '^Tool': { type: 'function', name: 'look_up', parameters: {} },
  '^self': {},
}
/** The least that a request must hold. */
const REQUESTS: Readonly<Record<string, Json>> = {
  'chat.completions': { model: 'm', messages: [{ role: 'user', content: 'a' }] },
  completions: { model: 'm', prompt: 'a' },
  embeddings: { model: 'm', input: 'a' },
  moderations: { model: 'm', input: 'a' },
  responses: { model: 'm', input: 'a' },
}
/** The least that an answer must hold. */
const ANSWERS: Readonly<Record<string, Json>> = {
  'chat.completions': {
    ...CHAT,
    choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }],
  },
  completions: { ...CHAT, choices: [{ index: 0, text: 'a', finish_reason: 'stop' }] },
  embeddings: { object: 'list', model: 'm', data: [] },
  moderations: { id: 'x', model: 'm', results: [] },
  responses: RESPONSE,
}

/** What an event holds besides its place, by its type. */
const EVENT_MEMBERS: Readonly<Record<string, Json>> = {
  '_part[.]': { part: { type: 'output_text', text: '' } },
  'output_item[.]': { item: MESSAGE },
  'annotation[.]': { annotation: PARTS['^Annotation'] },
  '^response[.](?:created|in_progress|queued|completed|incomplete)$': { response: RESPONSE },
}

/** Values that a property of these kinds may have; a text that identifies among them, wherever a text could stand. */
function valuesFor(kinds: readonly string[], number: number): unknown[] {
  const values = kinds.map((kind): unknown => {
    if (kind.startsWith('=')) return kind.slice(1)
    if (kind.startsWith('^')) return PARTS[kind]
    return { array: [], boolean: true, number, string: PLANTED }[kind] ?? {}
  })
  return kinds.some((kind) => kind.startsWith('=') || kind === 'choice') ? [PLANTED, ...values] : values
}

/** What happens to it with each value that it may have, put together. Throws when a planted value leaves. */
export async function observe(property: ClassifiedProperty): Promise<Observed> {
  const { endpoint, part, path, kinds } = property
  const spec = ENDPOINT_SPECS.find(({ id }) => id === endpoint)
  if (!spec) throw new Error(`no endpoint ${endpoint}`)
  const isRequest = part === 'request' || part === 'InputItem' || part === 'Tool'
  const pass = isRequest ? passRequest : passAnswer
  const outcomes: Observed[] = []
  // What is off when it is 0 is asked for by more; an index is 0 where there is one of something.
  for (const value of valuesFor(kinds, isRequest ? 7 : 0)) outcomes.push(await pass(spec, part, path, value))
  if (kinds.includes('string') && outcomes.every(({ class: own }) => own === 'refuse')) {
    outcomes.push(await pass(spec, part, path, SEALED))
  }
  return join(outcomes, kinds)
}

/** One value that passes is enough: what else it may hold is masked or refused. */
function join(outcomes: readonly Observed[], kinds: readonly string[]): Observed {
  const passed = outcomes.filter(({ class: own }) => own !== 'refuse')
  const features = [...new Set(passed.flatMap(({ detail }) => detail.split(' ').filter((name) => name !== '')))].sort()
  const [first] = outcomes
  if (passed.length === 0) return first ?? { class: 'refuse', detail: '' }
  const detail = features.join(' ')
  if (passed.some(({ class: own }) => own === 'opaque')) return { class: 'opaque', detail }
  if (kinds.includes('string') && passed.some(({ class: own }) => own === 'scan')) return { class: 'scan', detail }
  return { class: features.length > 0 ? 'feature' : 'structural', detail }
}

async function passRequest(spec: EndpointSpec, part: string, path: string, value: unknown): Promise<Observed> {
  const base = REQUESTS[spec.id] ?? {}
  const document = documentWith(path, value)
  const body = { ...base, ...requestWith(part, orNeeded(document as Json, base)) }
  try {
    const parsed = spec.readBody(JSON.stringify(body), 64)
    const map = createTokenMap(createTokenMaker(sampleKeyring, scope))
    const { text } = await maskBody(sampleEngine, map, parsed.text, parsed.leaves)
    const plain = spec.readBody(JSON.stringify(base), 64).features
    const detail = parsed.features.filter((feature) => !plain.includes(feature)).join(' ')
    // The name of a model is compared with those of providers, and passes when it is one of them.
    if (path === 'model' && part === 'request') return { class: 'structural', detail }
    return { class: whatLeft(text, value), detail }
  } catch (thrown) {
    return refusal(thrown)
  }
}

function requestWith(part: string, document: Json): Json {
  if (part === 'InputItem') return { input: [{ ...(document['type'] === 'message' && { role: 'user' }), ...document }] }
  return part === 'Tool' ? { tools: [document] } : document
}

/** A list that may not be empty is as long as it must be. */
function orNeeded(document: Json, base: Json): Json {
  const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, isEmpty(value) ? (base[name] ?? value) : value]),
  )
}

function whatLeft(text: string, value: unknown): string {
  if (text.includes('Zelda')) throw new Error('a planted value left')
  if (value === SEALED) return text.includes(SEALED) ? 'opaque' : 'scan'
  // A token or a class stands in its place; where neither does, something of ours stands there.
  return value === PLANTED && /NAME|USERNAME|"id_[0-9a-f]{24}"/.test(text) ? 'scan' : 'structural'
}

function refusal(thrown: unknown): Observed {
  if (thrown instanceof AppError) return { class: 'refuse', detail: thrown.code }
  throw thrown
}

async function passAnswer(spec: EndpointSpec, part: string, path: string, value: unknown): Promise<Observed> {
  const table = createRestoreTable(createTokenMap(createTokenMaker(sampleKeyring, scope)), EVERY_CLASS)
  const head = { answerId: 'ours', model: 'm' }
  const documents = createDocumentGuard({
    ...head,
    dialect: spec.createDialect({ ...head, isJsonContent: false }),
    guard: createAnswerGuard(find, table, createTally()),
    measure: createAnswerGuard(find, table, createTally()),
    find,
    isEgress: () => false,
    toolNames: new Set(),
  })
  const document = documentWith(path, value) as Json
  try {
    if (part !== 'event') {
      const base = ANSWERS[spec.id] ?? {}
      const answer = { ...base, ...orNeeded(answerWith(part, document), base) }
      return { class: whatLeft(await documents.guardWhole(JSON.stringify(answer)), value), detail: '' }
    }
    let text = ''
    for (const event of eventsWith(spec.id, document)) {
      const type = typeof event === 'string' ? undefined : event['type']
      const name = typeof type === 'string' ? type : 'message'
      const { text: settled, closing = '' } = await documents.guardEvent({
        name,
        data: typeof event === 'string' ? event : JSON.stringify(event),
      })
      text += settled + closing
    }
    return { class: whatLeft(text, value), detail: '' }
  } catch (thrown) {
    return refusal(thrown)
  }
}

function answerWith(part: string, document: Json): Json {
  if (part === 'OutputItem') return { output: [document] }
  if (part === 'Annotation') {
    return { output: [{ ...MESSAGE, content: [{ type: 'output_text', text: 'a', annotations: [document] }] }] }
  }
  return document
}

/** A stream with this event, after what must come before it and before its end. */
function eventsWith(endpoint: string, document: Json): (Json | string)[] {
  if (endpoint !== 'responses') return [{ ...CHAT, choices: [], ...document }, '[DONE]']
  const place = { output_index: 0, content_index: 0, summary_index: 0, item_id: 'msg_1' }
  const begun = { type: 'response.output_item.added', output_index: 0, item: MESSAGE }
  const last = { type: 'response.completed', response: RESPONSE }
  const type = String(document['type'])
  const own = Object.entries(EVENT_MEMBERS).find(([pattern]) => new RegExp(pattern).test(type))?.[1]
  const events = [{ type: 'response.created', response: RESPONSE }, begun, { ...place, ...own, ...document }]
  return type === 'response.completed' || type === 'response.incomplete' ? events : [...events, last]
}
