import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { tokensIn } from '../../testing/tokens.ts'
import { COLUMNS } from './protocols.ts'

// The rows of the table of peers' bugs in other places and spellings than those in which they were found.
let world: PeersWorld
afterEach(async () => world.crossing.close())

const ABOUT = 'Patient: Mrs. Quintanilla, MRN 4482913, phone (212) 555-0142, mail jane.q@example.org.'
/** `T` stands for a token. */
const ADDRESSES = [
  'https://e.example/T',
  'https://e.example/?q=T',
  'https://e.example/#T',
  'https://T.e.example/',
  'http://T/',
  'https:\\\\e.example\\T',
  'www.e.example/T',
  'ftp://e.example/T',
  '//e.example/T',
  'mailto:T',
  'x@T.example',
  'T@e.example',
  '<https://e.example/T>',
  '[a](\nhttps://e.example/T)',
  '[a](\n//e.example/T)',
  '[a](https://e.example/ "T")',
  '[a]: https://e.example/T',
  '![a](//e.example/T)',
  '<a href=//e.example/T>',
]
const BROUGHT = ['219-09-9999', '(415) 555-0199', '7719284']

describe.each(COLUMNS)('%s', (_, protocol, isStream) => {
  test('no value is put back into an address, not even into what is left of one (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream)
    for (const address of ADDRESSES) {
      world.answer((body) => ({ content: `See ${address.replace('T', tokensIn(body)[0] ?? '')} now.` }))
      expect((await world.ask({ user: ABOUT })).content, address).not.toContain('Quintanilla')
    }
  })

  test('what the model brings is removed right before and behind a token too (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream, { size: 5 })
    for (const value of BROUGHT) {
      world.answer((body) => ({
        content: tokensIn(body)
          .map((token) => `So ${value}${token}${value}.`)
          .join(' '),
      }))
      const { content = '' } = await world.ask({ user: ABOUT })
      expect(content).not.toMatch(/219|415|7719284/)
      for (const own of ['Quintanilla', '4482913', '(212) 555-0142']) expect(content).toContain(own)
    }
  })

  test('a number that marks of Markdown or HTML cut is a number (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream, { size: 4 })
    for (const spelled of ['**219-09**-9999', '219-`09`-9999', '219<b>-09-</b>9999', 'zk**@example.net**']) {
      world.answer(() => ({ content: `The other one has ${spelled}, they say.` }))
      const { content } = await world.ask({ user: ABOUT })
      expect(content, spelled).toMatch(/^The other one has \[(SSN|EMAIL)\]/)
      expect(content, spelled).not.toMatch(/219|9999|example/)
    }
  })
})
