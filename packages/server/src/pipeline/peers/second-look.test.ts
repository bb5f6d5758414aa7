import { afterEach, describe, expect } from 'vitest'
import { loadTextEngine } from '../../startup/engine.ts'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { tokensIn } from '../../testing/tokens.ts'
import type { DetectionEngine } from '../detection/planner.ts'
import { chat, COLUMNS, messages, PROTOCOLS } from './protocols.ts'

// What providers send beside the texts that everybody looks at, and values that end the string they are put into.
let world: PeersWorld
afterEach(async () => world.crossing.close())

const tokenOf = (body: string, word: string): string => tokensIn(body).find((token) => token.startsWith(word)) ?? ''

const ADDRESS = '12 "The Mill" Lane\nUnit \\4'
const RECORD = JSON.stringify({ patient: { name: 'Mara Quintanilla', address: ADDRESS } })

describe.each(COLUMNS)('%s', (_, protocol, isStream) => {
  test('a value with quotes, backslashes and line ends breaks no JSON that the model writes, asked for or not (GW-08)', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream)
    for (const [before, behind] of [
      ['', ''],
      ['```json\n', '\n```\nThat is all.'],
      ['So it is [as said] {here}: ', ' and no more.'],
    ] as const) {
      world.answer((body) => ({
        content: `${before}{"mrn": 12, "list": [{"to": "At ${tokenOf(body, 'STREET')}."}]}${behind}`,
      }))
      const { content = '' } = await world.ask({ user: RECORD })
      expect(content.startsWith(before) && content.endsWith(behind)).toBe(true)
      expect(JSON.parse(content.slice(before.length, content.length - behind.length))).toEqual({
        mrn: 12,
        list: [{ to: `At ${ADDRESS}.` }],
      })
    }
    world.answer((body) => ({ content: `They said "${tokenOf(body, 'STREET')}" {or so}.` }))
    expect((await world.ask({ user: RECORD })).content).toBe(`They said "${ADDRESS}" {or so}.`)
  })

  test('a value inside JSON inside an argument is escaped as often as its place is (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    world.answer((body) => ({
      call: {
        name: 'look_up',
        args: JSON.stringify({ who: JSON.stringify({ to: tokenOf(body, 'STREET'), also: '\u00e9\u{1f600}' }) }),
      },
    }))
    const { call } = await world.ask({ user: RECORD, tool: { name: 'look_up' } })
    const { who } = JSON.parse(call?.args ?? '') as { who: string }
    expect(JSON.parse(who)).toEqual({ to: ADDRESS, also: '\u00e9\u{1f600}' })
  })
})

const event = (choice: object, root: object = {}): string =>
  `data: ${JSON.stringify({ id: 'x', created: 1, model: 'm', object: 'chat.completion.chunk', choices: [{ index: 0, finish_reason: null, ...choice }], ...root })}\n\n`
const DONE = 'data: [DONE]\n\n'
const END = event({ delta: {}, finish_reason: 'stop' }) + DONE
const PIECES = ['SSN 219-0', '9-99', '99 of Mr. Zel', 'da Kowal', 'czyk']

describe('a stream of chat completions', () => {
  test.for([
    ['beside a delta', (note: string) => event({ delta: { content: 'a' }, note })],
    ['beside the choices', (note: string) => event({ delta: { role: 'assistant' } }, { note })],
    ['in an object beside the choices', (note: string) => event({ delta: { role: 'assistant' } }, { x: [{ note }] })],
    ['beside arguments', (note: string) => event({ delta: { tool_calls: [{ index: 0, function: { note } }] } })],
    ['as a role', (role: string) => event({ delta: { role } })],
    ['as a type', (type: string) => event({ delta: { details: { type } } })],
    ['as a reason', (reason: string) => event({ delta: { role: 'assistant' }, stop_reason: reason })],
    ['as an id of a call', (id: string) => event({ delta: { tool_calls: [{ index: 0, id }] } })],
  ] as const)('tells no value piece by piece %s', async ([, tell], { db }) => {
    world = await openWorld(db, chat, true)
    world.answer(() => PIECES.map(tell).join('') + END)
    const { text } = await world.send({ user: 'Hello.' })
    expect(text).not.toMatch(/9-99"|99 of|Kowal"|Zelda|Kowalczyk/)
    expect(text).toContain('data: [DONE]')
  })

  test('keeps what each event says again beside the choices', async ({ db }) => {
    world = await openWorld(db, chat, true)
    world.answer(
      () =>
        ['fi', 'ne'].map((content) => event({ delta: { content, role: 'assistant' } }, { host: 'b-7' })).join('') + END,
    )
    const { text } = await world.send({ user: 'Hello.' })
    expect(text).not.toContain('"host":""')
    expect(text).toContain('"host":"b-7"')
  })

  test('leaves as lines that a client reads, also where the provider spread an event over several', async ({ db }) => {
    world = await openWorld(db, chat, true)
    const spread = event({ delta: { role: 'assistant', content: '' } }).replace(
      '"choices":',
      '\ndata: \ndata: "choices":',
    )
    world.answer(() => spread + event({ delta: { content: 'fine' } }) + END)
    const { text } = await world.send({ user: 'Hello.' })
    expect(text).toContain('"assistant"')
    for (const line of text.split('\n')) expect(line).toMatch(/^(?:data: .+)?$/)
  })

  test('goes on behind a reason to end that is empty, as some servers send it', async ({ db }) => {
    world = await openWorld(db, chat, true)
    world.answer(
      (body) =>
        ['About ', tokenOf(body, 'NAME')].map((content) => event({ delta: { content }, finish_reason: '' })).join('') +
        END,
    )
    expect((await world.ask({ user: 'About Mrs. Quintanilla.' })).content).toBe('About Quintanilla')
  })
})

describe.each([true, false])('arguments that are an object, streamed: %s', (isStream) => {
  test('go by the rules of their tool: no value for one that sends on (GW-08)', async ({ db }) => {
    world = await openWorld(db, chat, isStream)
    const names = ['send_email', 'look_up']
    const tools = names.map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } }))
    world.answer((body) => {
      const token = tokenOf(body, 'NAME')
      const tool_calls = names.map((name, index) => ({
        index,
        id: `call_${index}`,
        type: 'function',
        function: { name, arguments: { who: token, ssn: 219099999, list: ['219-09-9999'] } },
      }))
      const choice = { index: 0, finish_reason: 'tool_calls' }
      return isStream
        ? event({ delta: { tool_calls } }) + END
        : JSON.stringify({ id: 'x', choices: [{ ...choice, message: { role: 'assistant', tool_calls } }] })
    })
    const { text } = await world.send({ user: 'About Mrs. Quintanilla.', more: { tools } })
    const said = Array.from(text.matchAll(/"arguments":(\{[^}]*\})/g), ([, args = '']): unknown => JSON.parse(args))
    const token = tokenOf(world.received[0] ?? '', 'NAME')
    const removed = { ssn: null, list: ['[SSN]'] }
    expect(said).toEqual([
      { who: token, ...removed },
      { who: 'Quintanilla', ...removed },
    ])
  })
})

const block = (name: string, more: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...more })}\n\n`
const startOf = (input: object): string =>
  block('message_start', {
    message: { id: 'x', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage: {} },
  }) +
  block('content_block_start', {
    index: 0,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'send_email', input },
  })
const pieceOf = (partial_json: string): string =>
  block('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } })
const STOP = block('content_block_stop', { index: 0 }) + block('message_stop', {})

describe("a stream of messages whose tool's input is there from the start", () => {
  const tools = [{ name: 'send_email', input_schema: { type: 'object', properties: { who: { type: 'string' } } } }]
  const user = 'About Mrs. Quintanilla.'

  test('goes by the rules of its tool (GW-08)', async ({ db }) => {
    world = await openWorld(db, messages, true)
    world.answer((body) => startOf({ who: tokenOf(body, 'NAME'), why: 'Mrs. Zelda Kowalczyk' }) + STOP)
    const { text } = await world.send({ user, more: { tools } })
    expect(text).toContain(`"input":{"who":"${tokenOf(world.received[0] ?? '', 'NAME')}","why":"Mrs. [NAME]"}`)
    expect(text).toContain('message_stop')
  })

  test('has no pieces behind it', async ({ db }) => {
    world = await openWorld(db, messages, true)
    world.answer(() => startOf({ who: 'SSN 219-09-' }) + pieceOf('9999"}') + STOP)
    const { text } = await world.send({ user, more: { tools } })
    expect(text).toContain('event: error')
    expect(text).not.toMatch(/9999|message_stop/)
  })
})

const PHI = 'The patient is Zelda Kowalczyk, SSN 219-09-9999, phone (415) 555-0199.'
const eachOf = (spell: (code: number) => string): string =>
  Array.from(PHI, (_, at) => spell(PHI.charCodeAt(at))).join('')
/** Spellings of code, shells, browsers and other scripts that read as plain text to somebody. */
const SPELLINGS: readonly (readonly [string, string])[] = [
  ['percent, with parentheses', encodeURIComponent(PHI)],
  ['percent, twice', encodeURIComponent(encodeURIComponent(PHI))],
  ['base64 of UTF-16', Buffer.from(PHI, 'utf16le').toString('base64')],
  ['code points of JavaScript', eachOf((code) => `\\u{${code.toString(16)}}`)],
  ['octal', eachOf((code) => `\\${code.toString(8)}`)],
  ['entities without semicolons', eachOf((code) => `&#${code}`)],
  ['named entities', 'Mail zelda.k&commat;example&period;net, SSN 219&hyphen;09&ndash;9999'],
  ['digits of another script', 'SSN \u0662\u0661\u0669-\u0660\u0669-\u0669\u0669\u0669\u0669'],
  ['digit by digit', 'SSN 2 1 9 - 0 9 - 9 9 9 9'],
  ['over two lines', 'SSN 219-09-\n9999'],
  ['with comments', 'SSN 219<!-- a -->-09-<!-- b -->9999'],
  ['in elements', 'SSN 219<span class="a">-09-</span>9999'],
]
const TRACES = /219|9999|415|0199|Zelda|zelda|Kowal|\u0662\u0661|2 1 9|&#8[0-9]|\\132|\{5a\}|VABoAGU/

test.for([true, false])(
  'what the model brings is removed in any spelling, streamed: %s (GW-08)',
  async (isStream, { db }) => {
    world = await openWorld(db, chat, isStream, { size: 4 })
    for (const [name, spelled] of SPELLINGS) {
      world.answer((body) => ({ content: `About ${tokenOf(body, 'NAME')}:\n${spelled}\nSo much for it.` }))
      const { content = '' } = await world.ask({ user: 'About Mrs. Quintanilla.' })
      expect(content, name).toMatch(/^About Quintanilla:\n[^]*\nSo much for it\.$/)
      expect(content, name).not.toMatch(TRACES)
    }
  },
)

test('what only looks like a spelling stays (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, false)
  for (const content of [
    'Steps 1 2 3 4 5 6 7 8 9 are done.',
    '5 3 0 0 7 0 0 0 0\n6 0 0 1 9 5 0 0 0',
    'In the 2019-\n2020 season, x &amp;&amp; y.',
    'Use (\\d{3})\\1\\12 and \\frac{1}{2}.',
    'It is a%20b (so on), and 100% (sure).',
  ]) {
    world.answer(() => ({ content }))
    expect((await world.ask({ user: 'Hello.' })).content).toBe(content)
  }
})

test('an agreement that ends while a request is masked covers it no more: nothing is sent (GW-05)', async ({ db }) => {
  const real = await loadTextEngine()
  const later = (): void => {
    const { clock } = world.crossing.app
    clock.set(new Date(clock.now().getTime() + 86_400_000).toISOString())
  }
  const slow: DetectionEngine = {
    plan: (texts, profile, options) => {
      later()
      return real.plan(texts, profile, { ...options })
    },
  }
  world = await openWorld(db, chat, false, { engine: slow })
  const { status, text } = await world.send({ user: 'About Mrs. Quintanilla.' })
  expect([status, world.received]).toEqual([403, []])
  expect(text).toContain('agreement.none-in-force')
  expect((await world.outcome()).codes).toContain('agreement.none-in-force')
})

/** Another model or host, a search, documents of others, somebody who is told: by the members that servers obey. */
const ELSEWHERE: readonly (readonly [string, unknown])[] = [
  ['data_sources', [{ type: 'azure_search', parameters: { endpoint: 'https://search.example.net' } }]],
  ['search_parameters', { mode: 'on' }],
  ['enable_search', true],
  ['mcp_servers', [{ url: 'https://mcp.example.net' }]],
  ['extra_body', { store: true }],
  ['callbacks', ['langfuse']],
  ['webhook_url', 'https://hook.example.net'],
  ['cached_content', 'cachedContents/1'],
  ['container', 'cntr_1'],
  ['logits_processors', ['os.system']],
  ['return_token_ids', true],
  ['n_probs', 3],
]
const MESSAGES_ELSEWHERE: typeof ELSEWHERE = [
  ['mcp_servers', [{ type: 'url', url: 'https://mcp.example.net' }]],
  ['container', 'container_1'],
  ['anthropic_beta', ['files-api-2025-04-14']],
  ['betas', ['files-api-2025-04-14']],
]

test.for(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
  'a member of %s by which some of a request would go elsewhere is refused, and nothing is sent (GW-06)',
  async ([, protocol], { db }) => {
    world = await openWorld(db, protocol, false)
    for (const [name, value] of protocol === messages ? MESSAGES_ELSEWHERE : ELSEWHERE) {
      const { status, text } = await world.send({ user: 'Hello.', more: { [name]: value } })
      expect([status, text.includes('body.feature-refused')], name).toEqual([400, true])
    }
    expect(world.received).toEqual([])
  },
)

test.for([
  ['beside the choices', { prompt_token_ids: [9906, 11] }, {}],
  ['in place of a text', { completion_probabilities: [{ content: 'a', probs: [] }] }, {}],
  ['in a choice', {}, { token_ids: [9906, 11] }],
] as const)('numbers of tokens %s end an answer: they tell its text (GW-08)', async ([, root, choice], { db }) => {
  world = await openWorld(db, chat, true)
  world.answer(() => event({ delta: { content: 'fine' }, ...choice }, root) + END)
  const { text } = await world.send({ user: 'Hello.' })
  expect(text).toContain('provider.invalid-answer')
  expect(text).not.toContain('9906')
})

test('an object in the place of a text ends the answer (GW-08)', async ({ db }) => {
  world = await openWorld(db, messages, true)
  world.answer(() => startOf({}) + pieceOf('x').replace('"x"', '{"who":"Zelda"}') + STOP)
  const { text } = await world.send({ user: 'Hello.' })
  expect(text).toContain('provider.invalid-answer')
  expect(text).not.toContain('Zelda')
})
