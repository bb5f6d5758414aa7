import { hash } from 'node:crypto'
import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { eventsOf as messageEvents, messageOf } from '../endpoints/anthropic-messages/test-parts.ts'
import { eventsOf as responseEvents, responseOf, toBytes } from '../endpoints/responses/test-parts.ts'
import { tokensIn, withoutTokens } from '../../testing/tokens.ts'
import { chat, COLUMNS, messages, responses } from './protocols.ts'

// Values that stand where another text ends: numbers in place of JSON, blocks, spellings of mail and of code.
let world: PeersWorld
afterEach(async () => world.crossing.close())

describe.each(COLUMNS.filter(([, { name }]) => name !== 'messages'))('arguments of %s', (_, protocol, isStream) => {
  test('that are no JSON are read as the text that they are, numbers with blanks among it (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    const tool = { name: 'look_up' }
    for (const args of ['219 09 9999', '415 555 0199 is hers', '[219 09 9999]', '1280 Kestrel Road, Springfield']) {
      world.answer(() => ({ call: { name: 'look_up', args } }))
      const { call } = await world.ask({ user: 'Hello.', tool })
      expect(call?.args, args).not.toMatch(/219|9999|0199|1280|Kestrel/)
    }
    for (const args of ['{"a": 12 , "b":[1 ,2\n],"c":-1.5e3\n}', ' 12 ', 'true\n', `{"a":1${' '.repeat(90)}}`]) {
      world.answer(() => ({ call: { name: 'look_up', args } }))
      expect((await world.ask({ user: 'Hello.', tool })).call?.args).toBe(args)
    }
  })
})

const PHI = 'The patient is Zelda Kowalczyk, SSN 219-09-9999, phone (415) 555-0199, zelda.k@example.net.'
const eachOf = (spell: (code: number) => string): string =>
  Array.from(PHI, (_, at) => spell(PHI.charCodeAt(at))).join('')
const hexOf = (code: number): string => code.toString(16).toUpperCase()
/** Spellings of mail, dumps and lists of code, and of people who hide from programs. */
const SPELLINGS: readonly (readonly [string, string])[] = [
  ['mail, all of it', eachOf((code) => `=${hexOf(code)}`)],
  ['mail, what it must', PHI.replaceAll('-', '=2D').replaceAll('@', '=40')],
  ['mail, over lines', eachOf((code) => `=${hexOf(code)}`).replace(/(.{48})/g, '$1=\r\n')],
  ['bytes', eachOf((code) => `${hexOf(code)} `)],
  ['bytes of code', `[${eachOf((code) => `0x${hexOf(code)}, `)}]`],
  ['bytes with colons', eachOf((code) => `${hexOf(code)}:`)],
  ['numbers of characters', `[${Array.from(PHI, (c) => c.charCodeAt(0)).join(', ')}]`],
  ['at and dot', 'Mail zelda.k [at] example [dot] net or zelda.k(at)example.net'],
  ['letter by letter', 'Z e l d a K o w a l c z y k'],
  ['letters with stops', 'Z.e.l.d.a   K.o.w.a.l.c.z.y.k'],
  ['a number with slashes', 'SSN 219/09/9999'],
  ['a number with underscores', 'SSN 219_09_9999'],
]
const TRACES = /219|9999|415|0199|=3[0-9]|=5A|5A|4B 6F|4B:6F|Zelda|zelda|Kowal|90, 101|Z e|Z\.e|[at]{2} ?[\])] ?example/

test.for(COLUMNS)(
  'what the model brings in the spelling of mail, dumps or people is removed: %s (GW-08)',
  async ([, protocol, isStream], { db }) => {
    world = await openWorld(db, protocol, isStream, { size: 4 })
    for (const [name, spelled] of SPELLINGS) {
      world.answer(() => ({ content: `Thus:\n${spelled}\nSo much for it.` }))
      const { content = '' } = await world.ask({ user: 'Hello.' })
      expect(content, name).toMatch(/^Thus:\n[^]*\nSo much for it\.$/)
      expect(content, name).not.toMatch(TRACES)
    }
  },
)

test('what only looks like such a spelling stays (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, false)
  for (const content of [
    'Set x=40 and y=2D, z=20; a=4B=5.',
    'Heart rates: 72, 75, 80, 77, 101, 99, 84, 72, 75, 80, 77, 101, 99, 84.',
    'Letters on the chart: E F P T O Z L P E D, then C D E F G A H.',
    'Bytes de ad be ef ca fe ba be de ad be ef ff d8.',
    'Look (at) it (at last) [dot] and so. Handle (at) events [dot] notation.',
    'Spell it: N-A-U-S-E-A, or N a u s e a; S M A R T is an acronym.',
  ]) {
    world.answer(() => ({ content }))
    expect((await world.ask({ user: 'Hello.' })).content).toBe(content)
  }
})

test('what a request holds in such a spelling does not leave (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, false)
  for (const [name, spelled] of SPELLINGS) {
    await world.send({ user: spelled })
    expect(withoutTokens(world.received.join('')), name).not.toMatch(TRACES)
  }
})

const PARTS = ['She is Mrs. Zelda ', 'Kowalczyk, SSN 219-09-', '9999, who is here to see Dr. ', 'Ollerton about it.']

test.for([true, false])(
  'a value that the model cuts over blocks does not leave in two, streamed: %s (GW-08)',
  async (isStream, { db }) => {
    world = await openWorld(db, messages, isStream)
    const blocks = PARTS.map((text) => ({ type: 'text', text }))
    world.answer(() => (isStream ? messageEvents(blocks, [3]) : JSON.stringify(messageOf(blocks))))
    const { content } = await world.ask({ user: 'Hello.' })
    expect(content).not.toMatch(/Kowal|9999|Ollerton/)
    expect(content).toMatch(/^She is Mrs\. .*, who is here to see Dr\. .* about it\.$/)
  },
)

test.for([true, false])('nor over parts of a message, streamed: %s (GW-08)', async (isStream, { db }) => {
  world = await openWorld(db, responses, isStream)
  const content = PARTS.map((text) => ({ type: 'output_text', text, annotations: [] }))
  const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }]
  world.answer(() => (isStream ? toBytes(responseEvents(output, [3])).toString() : JSON.stringify(responseOf(output))))
  const { text } = await world.send({ user: 'Hello.' })
  expect(text).toContain(' about it.')
  expect(text).not.toMatch(/Kowal|9999|Ollerton/)
})

interface Draw {
  readonly hex: (bytes: number) => string
  readonly uuid: () => string
  readonly sealed: () => string
}

/** What a server draws at random, the same in each run of a test. */
function createDraw(): Draw {
  let drawn = 0
  const hex = (bytes: number): string => hash('shake256', `id ${drawn++}`, { outputLength: bytes })
  return {
    hex,
    uuid: () => [4, 2, 2, 2, 6].map(hex).join('-'),
    sealed: () => Buffer.from(hex(200), 'hex').toString('base64'),
  }
}

test('ids that OpenAI draws at random are no numbers of anybody: a turn of a client that keeps them crosses (GW-08)', async ({
  db,
}) => {
  world = await openWorld(db, responses, false)
  const { hex, sealed } = createDraw()
  for (let turn = 0; turn < 30; turn++) {
    const ids = [`rs_${hex(24)}`, `msg_0${hex(24)}0`, `fc_${hex(24)}`]
    const content = [{ type: 'output_text', text: 'Hi.', annotations: [], logprobs: [] }]
    const input = [
      { role: 'user', content: 'Hello.' },
      { type: 'reasoning', id: ids[0], summary: [], encrypted_content: sealed() },
      { type: 'message', id: ids[1], role: 'assistant', status: 'completed', content },
      { type: 'function_call', id: ids[2], call_id: `call_${hex(12)}`, name: 'look_up', arguments: '{}' },
    ]
    const { status, text } = await world.send({ user: '', more: { input } })
    expect(
      [status === 200 ? '' : text, ids.filter((id) => world.received.at(-1)?.includes(id) !== true)],
      ids.join(),
    ).toEqual(['', []])
  }
})

test('so does a turn with ids of other servers, and with what they signed (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, false)
  const { hex, uuid, sealed } = createDraw()
  for (let turn = 0; turn < 30; turn++) {
    const ids = [`chatcmpl-tool-${hex(16)}`, `call_${uuid()}`, uuid(), 'D681PevKs', 'a1BcdE3fG']
    const signed = sealed()
    const calls = ids.flatMap((id) => [
      {
        role: 'assistant',
        content: null,
        reasoning_details: [{ type: 'reasoning.encrypted', data: signed, signature: null }],
        tool_calls: [
          {
            id,
            type: 'function',
            function: { name: 'look_up', arguments: '{}' },
            extra_content: { google: { thought_signature: signed } },
          },
        ],
      },
      { role: 'tool', tool_call_id: id, content: 'ok' },
    ])
    const { status, text } = await world.send({
      user: '',
      more: { messages: [{ role: 'user', content: 'Hello.' }, ...calls] },
    })
    expect([status, status === 200 ? '' : text], ids.join()).toEqual([200, ''])
    expect(world.received.at(-1)?.split(signed)).toHaveLength(11)
  }
  const readable = btoa('The patient is Mrs. Zelda Kowalczyk, SSN 219-09-9999.')
  const hidden = [{ role: 'assistant', content: 'Hi.', reasoning_details: [{ data: readable }] }]
  expect((await world.send({ user: '', more: { messages: hidden } })).text).toContain('body.signed-identifies')
})

test.for([true, false])(
  'ids of an answer stay apart and lead back, whatever a server makes of them, streamed: %s (GW-08)',
  async (isStream, { db }) => {
    world = await openWorld(db, chat, isStream)
    const { hex, uuid, sealed } = createDraw()
    const signed = sealed()
    const ids = [
      `chatcmpl-tool-${hex(16)}`,
      `call_${uuid()}`,
      uuid(),
      `call_0_${uuid()}`,
      '365174485',
      '412905533',
      'Mrs. Zelda Kowalczyk',
    ]
    const tool_calls = ids.map((id, index) => ({
      index,
      id,
      type: 'function',
      function: { name: 'look_up', arguments: '{}' },
      extra_content: { google: { thought_signature: signed } },
    }))
    const choice = {
      index: 0,
      finish_reason: isStream ? null : 'tool_calls',
      [isStream ? 'delta' : 'message']: { role: 'assistant', content: null, tool_calls },
    }
    const document = JSON.stringify({ id: 'x', created: 1, model: 'm', object: 'chat.completion', choices: [choice] })
    const last = JSON.stringify({ id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] })
    world.answer(() => (isStream ? `data: ${document}\n\ndata: ${last}\n\ndata: [DONE]\n\n` : document))
    const { text } = await world.send({ user: 'Hello.', tool: { name: 'look_up' } })
    const said = Array.from(text.matchAll(/"index":\d,"id":"([^"]*)"/g), ([, id]) => id)
    expect(said.slice(0, 4)).toEqual(ids.slice(0, 4))
    expect(new Set(said).size).toBe(ids.length)
    for (const id of said.slice(4)) expect(id).toMatch(/^id_[0-9a-f]{24}$/)
    expect(text.split(signed)).toHaveLength(ids.length + 1)
  },
)

test("a result that names its tool leaves the tool's name as it is, and values go back into its arguments (GW-08)", async ({
  db,
}) => {
  world = await openWorld(db, chat, false)
  const history = [
    { role: 'user', content: 'About Mrs. Quintanilla.' },
    { role: 'assistant', content: null, function_call: { name: 'look_up', arguments: '{}' } },
    { role: 'function', name: 'look_up', content: '1' },
    { role: 'tool', name: 'look_up', tool_call_id: 'call_1', content: '1' },
    { role: 'user', name: 'quintanilla', content: 'And now?' },
  ]
  world.answer((body) => ({
    call: { name: 'look_up', args: JSON.stringify({ who: tokensIn(body).find((token) => token.startsWith('NAME')) }) },
  }))
  const { call } = await world.ask({ user: '', tool: { name: 'look_up' }, more: { messages: history } })
  expect(call).toEqual({ name: 'look_up', args: '{"who":"Quintanilla"}' })
  expect(world.received[0]).toContain('"role":"function","name":"look_up"')
  expect(world.received[0]).not.toMatch(/quintanilla/i)
})

test.for(COLUMNS)(
  'no value is put behind an address of the caller that came back: %s (GW-08)',
  async ([, protocol, isStream], { db }) => {
    world = await openWorld(db, protocol, isStream, { size: 4 })
    const url = 'https://portal.example.org/a'
    const find = (body: string, word: string): string => tokensIn(body).find((token) => token.startsWith(word)) ?? ''
    for (const behind of ['?name=', '/', '#']) {
      world.answer((body) => ({
        content: `Open ${find(body, 'URL')}${behind}${find(body, 'NAME')} for ${find(body, 'NAME')}.`,
      }))
      const { content = '' } = await world.ask({ user: `See Mrs. Quintanilla at ${url} today.` })
      expect(content).toBe(`Open ${url}${behind}${find(world.received.at(-1) ?? '', 'NAME')} for Quintanilla.`)
    }
  },
)

test.for(COLUMNS)(
  'a tool in whose name somebody stands gets its values all the same: %s (GW-08)',
  async ([, protocol, isStream], { db }) => {
    world = await openWorld(db, protocol, isStream, { size: 4 })
    const name = 'get_john_smith'
    world.answer((body) => {
      const [token = ''] = /get_[A-Z0-9]+_[A-Z0-9]+/.exec(body) ?? []
      return { call: { name: token, args: JSON.stringify({ who: /Mrs\. (NAME\w+)/.exec(body)?.[1] }) } }
    })
    const { call } = await world.ask({ user: 'About Mrs. Quintanilla.', tool: { name } })
    expect(world.received[0]).not.toMatch(/john|smith/i)
    expect(call).toEqual({ name, args: '{"who":"Quintanilla"}' })
  },
)

const OF_ZOD = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { dose: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991, multipleOf: 1 } },
  required: ['dose'],
  additionalProperties: false,
}

test.for(COLUMNS)(
  "the bounds of a whole number in a schema are nobody's: %s (GW-08)",
  async ([, protocol, isStream], { db }) => {
    world = await openWorld(db, protocol, isStream)
    const tool = { name: 'look_up', parameters: OF_ZOD }
    const tools =
      protocol === chat
        ? [{ type: 'function', function: tool }]
        : protocol === responses
          ? [{ type: 'function', ...tool }]
          : [{ name: 'look_up', input_schema: OF_ZOD }]
    const { status, text } = await world.send({ user: 'Hello.', more: { tools } })
    expect([status, status === 200 ? '' : text]).toEqual([200, ''])
    expect(world.received[0]).toContain(JSON.stringify(OF_ZOD))
  },
)

test.for(COLUMNS)(
  "what an answer in JSON says of the caller's own address and of a moment is what it means: %s (GW-08)",
  async ([, protocol, isStream], { db }) => {
    world = await openWorld(db, protocol, isStream, { size: 4 })
    const find = (body: string, word: string): string => tokensIn(body).find((token) => token.startsWith(word)) ?? ''
    const user = 'Mrs. Quintanilla, born 03/14/1961, see https://portal.example.org/a for it.'
    world.answer((body) => {
      const [url, name, date] = ['URL', 'NAME', 'DATE'].map((word) => find(body, word))
      const args = {
        url,
        link: `${url}?of=${name}`,
        href: name,
        note: `${date}, at ${url}`,
        start: `${date}T10:30:00Z`,
      }
      return { call: { name: 'look_up', args: JSON.stringify(args) } }
    })
    const { call } = await world.ask({ user, tool: { name: 'look_up' } })
    const [url, name] = ['URL', 'NAME'].map((word) => find(world.received[0] ?? '', word))
    expect(JSON.parse(call?.args ?? '')).toEqual({
      url: 'https://portal.example.org/a',
      link: `${url}?of=${name}`,
      href: name,
      note: '03/14/1961, at https://portal.example.org/a',
      start: '1961-03-14T10:30:00Z',
    })
  },
)
