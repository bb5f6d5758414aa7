import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { eventsOf as messageEvents, messageOf } from '../endpoints/anthropic-messages/test-parts.ts'
import { eventsOf as responseEvents, responseOf, toBytes } from '../endpoints/responses/test-parts.ts'
import { COLUMNS, PROTOCOLS } from './protocols.ts'
import type { Protocol } from './protocols.ts'

// Values that stand where another text ends: numbers in place of JSON, blocks, spellings of mail and of code.
let world: PeersWorld
afterEach(async () => world.crossing.close())

const protocolOf = (name: string): Protocol => PROTOCOLS.find((protocol) => protocol.name === name) as Protocol
const [chat, messages, responses] = ['chat completions', 'messages', 'responses'].map(protocolOf) as [
  Protocol,
  Protocol,
  Protocol,
]

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
    'Look (at) it (at last) [dot] and so.',
  ]) {
    world.answer(() => ({ content }))
    expect((await world.ask({ user: 'Hello.' })).content).toBe(content)
  }
})

test('what a request holds in such a spelling does not leave (GW-08)', async ({ db }) => {
  world = await openWorld(db, chat, false)
  for (const [name, spelled] of SPELLINGS) {
    await world.send({ user: spelled })
    expect(world.received.join(''), name).not.toMatch(TRACES)
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
