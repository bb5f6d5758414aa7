import { afterEach, describe, expect } from 'vitest'
import { loadTextEngine } from '../../startup/engine.ts'
import { test } from '../../testing/database.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'
import { tokensIn } from '../../testing/tokens.ts'
import type { DetectionEngine } from '../detection/planner.ts'
import { COLUMNS } from './protocols.ts'

// The rows of the table of peers' bugs in other places and spellings than those in which they were found.
let world: PeersWorld
afterEach(async () => world.crossing.close())

const engine = loadTextEngine()

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

  test('a dot behind a value is no host: initials, file names, sentences without a blank (GW-08)', async ({ db }) => {
    world = await openWorld(db, protocol, isStream, { size: 3 })
    for (const [rest, isRestored] of [
      ['.B. it is', true],
      ['.b. it is', true],
      ['.pdf', true],
      ['.docx is there', true],
      ['.See there', true],
      ['.', true],
      ['.example', false],
      ['.COM', false],
      ['.pdf.example', false],
    ] as const) {
      world.answer((body) => ({ content: `It is ${tokensIn(body)[0] ?? ''}${rest}` }))
      const { content } = await world.ask({ user: 'About Mrs. Quintanilla.' })
      expect(content?.includes('Quintanilla'), rest).toBe(isRestored)
    }
  })

  test('words that the caller sent stay where only a model guesses, also at the start of a line (GW-08)', async ({
    db,
  }) => {
    const real = await engine
    const guess = { class: 'NAME', role: 'patient', score: 1, sources: ['tagger.words'], operator: 'token' } as const
    const guessing: DetectionEngine = {
      plan: (texts, profile) =>
        real.plan(texts, profile).map((spans, index) => {
          const start = texts[index]?.match(/NAME\w{12}/) ? texts[index].indexOf('License') : -1
          return start === -1 ? spans : [...spans, { ...guess, start, end: start + 'License'.length }]
        }),
    }
    world = await openWorld(db, protocol, isStream, { engine: guessing })
    world.answer((body) => ({ content: `For ${tokensIn(body)[0] ?? ''}:\nLicense is there, as is\nLicenses.` }))
    const user = 'About Mrs. Quintanilla.\nLicense is there.'
    expect((await world.ask({ user })).content).toBe('For Quintanilla:\nLicense is there, as is\nLicenses.')
    expect((await world.ask({ user: 'About Mrs. Quintanilla. Licenses?' })).content).toContain('\n[NAME] is there')
  })

  test("the caller's own address comes back as all of a target or an attribute, and as no part of one (GW-08)", async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream, { size: 2 })
    const url = 'https://portal.example.org/p/4482913'
    for (const [said, isRestored] of [
      ['[it](T)', true],
      ['<a href="T">it</a>', true],
      ["<a href='T'>it</a>", true],
      ['<a href="T.e.example">it</a>', false],
      ['<a href="https://e.example/?T">it</a>', false],
      ['[it](Tx)', false],
    ] as const) {
      world.answer((body) => ({ content: `See ${said.replace('T', tokensIn(body)[0] ?? '')}.` }))
      const { content = '' } = await world.ask({ user: `See ${url} for her.` })
      expect(content.includes(url), said).toBe(isRestored)
    }
  })
})
