import { afterEach, describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import { tokensIn } from '../../testing/tokens.ts'
import { COLUMNS } from './protocols.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'

const worlds: PeersWorld[] = []
afterEach(async () => {
  for (const { crossing } of worlds.splice(0)) await crossing.close()
})

describe.each(COLUMNS)('%s', (_, protocol, isStream) => {
  test('2 L#41600: a value has one token over ten turns on two replicas', async ({ db }) => {
    const first = await openWorld(db, protocol, isStream)
    worlds.push(first)
    const second = await openWorld(db, protocol, isStream, { keyring: first.crossing.app.keyring })
    worlds.push(second)
    const history: string[] = []
    const seen = new Set<string>()
    for (let turn = 0; turn < 10; turn++) {
      const replica = turn % 2 === 0 ? first : second
      replica.answer((body) => ({ content: `Turn ${turn}: ${tokensIn(body).join(' ')} is fine.` }))
      const user = `Turn ${turn}: how is Mrs. Maribel Quintanilla?`
      const { content = '' } = await replica.ask({ user, history })
      expect(content).toBe(`Turn ${turn}: Maribel Quintanilla is fine.`)
      history.push(user, content)
      seen.add(
        tokensIn(replica.received.at(-1) ?? '')
          .toSorted()
          .join(),
      )
    }
    expect(seen.size).toBe(1)
    expect([...seen][0]?.split(',')).toHaveLength(2)
  })
})
