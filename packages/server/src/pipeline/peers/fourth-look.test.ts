import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { COLUMNS } from './protocols.ts'

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
