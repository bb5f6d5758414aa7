import { connect } from 'node:tls'
import type { Answer, Call, HttpsClient } from '../support/client.ts'
import { ILL_MANNERED_MODELS } from '../support/model-server.ts'
import type { Caller } from '../support/register.ts'
import { CANARIES, HEADER_CANARIES, NOTE } from './canaries.ts'

/** One way to bring planted values to the server, and what must come back. */
export interface Scenario {
  readonly name: string
  readonly path: string
  readonly call: Call
  readonly expected: 'success' | 'refusal' | 'broken off'
}

const CHAT = '/v1/chat/completions'
const values = Object.values(CANARIES)
const inHeader = HEADER_CANARIES.join('; ')
const inPath = values.map((value) => encodeURIComponent(value)).join('/')
/** What a caller may know of the patient, all of it in a header. */
const PATIENT = JSON.stringify({
  names: ['Rosalind Okafor-Brandt'],
  birthDate: '1951-03-14',
  identifiers: ['7730418265', '219-09-9999'],
})
const inQuery = new URLSearchParams(CANARIES).toString()

export function listScenarios(caller: Caller, adminToken: string): readonly Scenario[] {
  const { headers } = caller
  const admin = { ...headers, authorization: `Bearer ${adminToken}` }
  const chat = (model: string, changes: object = {}): string =>
    JSON.stringify({ model, messages: [{ role: 'user', content: NOTE }], ...changes })
  const scenario = (name: string, expected: Scenario['expected'], call: Call, path = CHAT): Scenario => ({
    name,
    path,
    expected,
    call: { headers, ...call },
  })
  const refused = (name: string, call: Call, path = CHAT): Scenario => scenario(name, 'refusal', call, path)
  const everywhere = {
    messages: [
      { role: 'system', content: NOTE },
      { role: 'user', content: [{ type: 'text', text: NOTE }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'find', arguments: JSON.stringify({ note: NOTE }) } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: NOTE },
    ],
    stop: ['the violet heron drinks at noon'],
  }
  const deep = `${'['.repeat(2_000)}${JSON.stringify(NOTE)}${']'.repeat(2_000)}`
  const deepChat = `{"model":"echo","messages":${deep}}`
  return [
    scenario('success', 'success', { body: chat('echo') }),
    scenario('success, streamed', 'success', { body: chat('echo', { stream: true }) }),
    scenario('success, values in every message', 'success', { body: chat('echo', everywhere) }),
    scenario('success, values in the headers of the scope', 'success', {
      headers: { ...headers, 'breakwater-conversation': 'quoin-yarrow-sextant', 'breakwater-patient': '7730418265' },
      body: chat('echo'),
    }),
    scenario('success, values in the record of the patient', 'success', {
      headers: { ...headers, 'breakwater-patient': `:${Buffer.from(PATIENT).toString('base64')}:` },
      body: chat('echo'),
    }),
    refused('a record of the patient that is none', {
      headers: { ...headers, 'breakwater-patient': `:${Buffer.from(NOTE).toString('base64')}:` },
      body: chat('echo'),
    }),
    scenario('preview', 'success', { body: chat('echo') }, '/api/v1/preview'),

    ...ILL_MANNERED_MODELS.filter((model) => model.startsWith('quotes-') || model === 'talks-garbage').flatMap(
      (model) => [
        refused(`the model server ${model}`, { body: chat(model) }),
        { ...refused(`the model server ${model}, streamed`, { body: chat(model, { stream: true }) }) },
      ],
    ),
    refused('the model server breaks off', { body: chat('breaks-off') }),
    scenario('the model server breaks off, streamed', 'broken off', { body: chat('breaks-off', { stream: true }) }),
    refused('the model server hangs', { body: chat('hangs') }),
    scenario('the caller gives up', 'broken off', { body: chat('hangs'), abortAfterMs: 300 }),
    scenario('the caller gives up while it streams', 'broken off', {
      body: chat('streams-slowly', { stream: true }),
      abortAfterMs: 300,
    }),

    refused('no token', { headers: { 'content-type': 'application/json' }, body: chat('echo') }),
    refused('a token made of values', {
      headers: { ...headers, authorization: `Bearer ${inHeader}` },
      body: chat('echo'),
    }),
    refused('a purpose made of values', {
      headers: { ...headers, 'breakwater-purpose': inHeader },
      body: chat('echo'),
    }),
    refused('a scope made of values', { headers: { ...headers, 'breakwater-conversation': inHeader }, body: '' }),
    refused('a purpose without a basis', {
      headers: { ...headers, 'breakwater-purpose': 'HRESCH' },
      body: chat('echo'),
    }),
    ...values.map((value) => refused('a model that nobody has', { body: chat(value) })),
    refused('a media part', {
      body: chat('echo', {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:text/plain,${inPath}` } }] }],
      }),
    }),
    refused('a feature that keeps data', { body: chat('echo', { store: true }) }),

    refused('JSON cut off', { body: chat('echo').slice(0, -2) }),
    refused('JSON with junk', { body: `${chat('echo')} ${NOTE}` }),
    refused('text', { body: NOTE }),
    refused('UTF-8 cut off', {
      body: Buffer.concat([Buffer.from(chat('echo').slice(0, -2)), Buffer.from([0xc3, 0x28])]),
    }),
    refused('UTF-16', { body: Buffer.from(chat('echo'), 'utf16le') }),
    ...values.map((value) =>
      refused('a key twice', { body: `{"model":"echo",${JSON.stringify(value)}:1,${JSON.stringify(value)}:2}` }),
    ),
    refused('nesting', { body: deepChat }),
    refused('too large', { body: chat('echo', { padding: NOTE.repeat(20_000) }) }),
    refused('messages that are none', { body: chat('echo', { messages: NOTE }) }),
    ...values.map((value) =>
      refused('a role that is none', { body: chat('echo', { messages: [{ role: value, content: NOTE }] }) }),
    ),
    refused('values in a field of numbers', { body: chat('echo', { temperature: NOTE }) }),

    refused('an unknown path', { body: NOTE }, `/${inPath}`),
    refused('an unknown path of OpenAI', { body: NOTE }, `/v1/${inPath}`),
    refused('an unknown path of ours', { body: NOTE }, `/api/v1/${inPath}?${inQuery}`),
    refused('another method', { method: 'DELETE', body: NOTE }, `${CHAT}?${inQuery}`),
    refused('a broken body with values in the query', { body: '{' }, `${CHAT}?${inQuery}`),
    refused('a broken body with values in headers', {
      headers: { ...headers, 'user-agent': inHeader, referer: inHeader, cookie: inHeader, 'x-request-id': inHeader },
      body: '{',
    }),
    ...['providers', 'agreements', 'principals'].flatMap((kind) => [
      refused(
        `${kind}: an id made of values`,
        { method: 'PUT', headers: admin, body: '{}' },
        `/api/v1/${kind}/${inPath}`,
      ),
      refused(
        `${kind}: fields made of values`,
        { method: 'PUT', headers: admin, body: JSON.stringify(CANARIES) },
        `/api/v1/${kind}/one`,
      ),
    ]),
    refused('a page that is none', { method: 'GET', headers: admin }, `/api/v1/ledger/entries?${inQuery}`),
  ]
}

/** Plays one and says what came, or why that was not what the scenario expects. */
export async function play(
  client: HttpsClient,
  { path, call, expected }: Scenario,
): Promise<{ answer: Answer; isExpected: boolean }> {
  const answer = await client.send(path, call)
  const isExpected = {
    success: answer.status === 200 && answer.isWhole,
    refusal: answer.status >= 400 || /"error":\s*\{/.test(answer.body.toString()),
    'broken off': true,
  }[expected]
  return { answer, isExpected }
}

/** What is not HTTP: sent as it is over TLS. Gives what came back until the other side hung up, or for two seconds. */
export async function sendRaw(origin: string, ca: string, bytes: string): Promise<Buffer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect({ host: hostname, port: Number(port), ca, servername: hostname })
    socket.setTimeout(2_000, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Buffer.concat(chunks)))
    socket.end(bytes)
  })
}

/** Requests that an HTTP parser gives up on. */
export const BROKEN_REQUESTS: readonly string[] = [
  `POST ${CHAT} HTTP/9.9\r\n\r\n${NOTE}`,
  `${NOTE}\r\n\r\n`,
  `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\n${NOTE}\r\n\r\n`,
  `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ten\r\n\r\n${NOTE}`,
  `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${NOTE}`,
]
