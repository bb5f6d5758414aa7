import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { tokensIn } from '../../testing/tokens.ts'
import { PROTOCOLS } from './protocols.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'

let world: PeersWorld
afterEach(async () => world.crossing.close())

describe.each(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))('%s', (_, protocol) => {
  // A server for each length.
  const timeout = 90_000
  test('7 L#41611: a value and a token cut in pieces of every length come out as the whole does', { timeout }, async ({
    db,
  }) => {
    const said = (body: string): { content: string } => ({
      content: `**${tokensIn(body).join('** ')}** and 219-09-9999, mail john.smith%40hospital.example.com, today.`,
    })
    world = await openWorld(db, protocol, false)
    world.answer(said)
    const whole = await world.ask({ user: 'About Mrs. Maribel Quintanilla.' })
    expect(whole.content).toContain('**Maribel** Quintanilla**')
    expect(whole.content).not.toMatch(/219|hospital|john/)
    for (let size = 1; size <= 24; size++) {
      await world.crossing.close()
      world = await openWorld(db, protocol, true, { size })
      world.answer(said)
      expect(await world.ask({ user: 'About Mrs. Maribel Quintanilla.' })).toEqual(whole)
    }
  })

  test('16 defenseclaw#99: no beginning of a value leaves before its end is known', async ({ db }) => {
    world = await openWorld(db, protocol, true, { size: 1 })
    world.answer(() => ({
      content: 'His SSN is 219-09-9999 and that of his mail is john.smith@hospital.example.com now.',
    }))
    const { text } = await world.send({ user: 'x' })
    const deltas = text.split('\n').filter((line) => line.startsWith('data: {'))
    expect(deltas.length).toBeGreaterThan(1)
    expect(protocol.read(text, true).content).toBe('His SSN is [SSN] and that of his mail is [EMAIL] now.')
    expect(text).not.toMatch(/219|john/)
  })
})
