import { afterEach, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { chat, messages, PROTOCOLS, responses } from './protocols.ts'
import type { Protocol } from './protocols.ts'

let world: PeersWorld
afterEach(async () => world.crossing.close())

const HEX = '9b2f6c1d8e3a4f5b6c7d8e9f0a1b2c3d'
const user = { role: 'user', content: 'Hello.' }
const call = (id: string, args: string): object => ({
  id,
  type: 'function',
  function: { name: 'look_up', arguments: args },
})
/** Turns in which an id stands where clients give one back, or somewhere else. */
const ID_TURNS: readonly (readonly [string, Protocol, boolean, (id: string) => Readonly<Record<string, unknown>>])[] = [
  [
    'a call and its result',
    chat,
    true,
    (id) => ({
      messages: [
        user,
        { role: 'assistant', content: null, tool_calls: [call(id, '{}')] },
        { role: 'tool', tool_call_id: id, content: 'ok' },
      ],
    }),
  ],
  [
    "a block of Anthropic's and its result",
    messages,
    true,
    (id) => ({
      messages: [
        user,
        { role: 'assistant', content: [{ type: 'tool_use', id, name: 'look_up', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'ok' }] },
      ],
    }),
  ],
  [
    'an item and its output',
    responses,
    true,
    (id) => ({
      input: [
        user,
        { type: 'function_call', id, call_id: id, name: 'look_up', arguments: '{}' },
        { type: 'function_call_output', call_id: id, output: 'ok' },
      ],
    }),
  ],
  [
    'arguments of a call',
    chat,
    false,
    (id) => ({
      messages: [
        user,
        { role: 'assistant', tool_calls: [call('call_1', JSON.stringify({ id }))] },
        { role: 'tool', tool_call_id: 'call_1', content: 'ok' },
      ],
    }),
  ],
  [
    "input of a block's",
    messages,
    false,
    (id) => ({
      messages: [
        user,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look_up', input: { id } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' }] },
      ],
    }),
  ],
  [
    'a record in a text',
    chat,
    false,
    (id) => ({ messages: [{ role: 'user', content: JSON.stringify({ id, note: 'ok' }) }] }),
  ],
  [
    'a result',
    responses,
    false,
    (id) => ({
      input: [
        user,
        { type: 'function_call', call_id: 'call_1', name: 'look_up', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: JSON.stringify({ id }) },
      ],
    }),
  ],
  ['metadata', chat, false, (id) => ({ metadata: { id } })],
  ['the name of who speaks', chat, false, (id) => ({ messages: [{ ...user, name: id }] })],
  ['a member that nobody declared', chat, false, (id) => ({ messages: [{ ...user, meta: { id } }] })],
]

test.for(PROTOCOLS.map((each) => [each.name, each] as const))(
  'an id in hexadecimal passes where clients give it back, and nowhere else: %s (GW-08)',
  async ([, protocol], { db }) => {
    world = await openWorld(db, protocol, false)
    for (const [place, , passes, make] of ID_TURNS.filter(([, of]) => of === protocol)) {
      const { status, text } = await world.send({ user: 'Hello.', more: make(HEX) })
      expect([place, status, status === 200 ? '' : text]).toEqual([place, 200, ''])
      expect([place, world.received.at(-1)?.includes(HEX)]).toEqual([place, passes])
    }
  },
)
