import { AppError } from '@breakwater/kernel'
import { afterEach, describe, expect } from 'vitest'
import { loadTextEngine } from '../../startup/engine.ts'
import { test } from '../../testing/database.ts'
import type { DetectionEngine } from '../detection/planner.ts'
import { COLUMNS } from './protocols.ts'
import { openWorld } from '../../testing/peers-world.ts'
import type { PeersWorld } from '../../testing/peers-world.ts'

let world: PeersWorld
afterEach(async () => world.crossing.close())

const ABOUT = 'Patient: Mrs. Maribel Quintanilla.'
const engine = loadTextEngine()

/** The real engine until a text holds the word, and then none. */
async function createBrittle(word: string): Promise<DetectionEngine> {
  const real = await engine
  return {
    plan(texts, profile, options) {
      if (texts.some((text) => text.includes(word))) throw new Error('detector killed')
      return real.plan(texts, profile, { ...options })
    },
  }
}

const fail = async (): Promise<never> => {
  throw new AppError('database.unavailable', { message: 'not there' })
}

describe.each(COLUMNS)('%s', (_, protocol, isStream) => {
  test('1 L#30728: a detector that fails lets nothing through: 503, and not a byte reaches the provider', async ({
    db,
  }) => {
    world = await openWorld(db, protocol, isStream, { engine: await createBrittle('Quintanilla') })
    const { status, text } = await world.send({ user: ABOUT })
    expect([status, world.received]).toEqual([503, []])
    expect(text).not.toContain('Quintanilla')
    expect((await world.outcome()).codes).toContain('detector.unavailable')
  })

  test('14 wso2#274: a detector that fails in the middle of an answer lets nothing more of it out', async ({ db }) => {
    world = await openWorld(db, protocol, isStream, { engine: await createBrittle('BOOM'), size: 11 })
    const calm = 'It goes well and nothing is new about it, so far and for now. '.repeat(3)
    world.answer(() => ({ content: `${calm}BOOM 219-09-9999 ${calm}` }))
    const { text } = await world.send({ user: ABOUT })
    expect(text).not.toMatch(/BOOM|219|9999/)
    expect((await world.outcome()).codes).toContain('detector.unavailable')
  })

  test.for(['policy', 'agreements', 'ledger'] as const)(
    'without its %s nothing reaches the provider',
    async (part, { db }) => {
      const broken = {
        policy: { policy: { decide: fail, decideRestore: fail } },
        agreements: { agreements: { requireInForce: fail } },
        ledger: { ledger: { append: fail } },
      }[part]
      world = await openWorld(db, protocol, isStream, broken)
      const { status } = await world.send({ user: ABOUT })
      expect([status, world.received]).toEqual([503, []])
    },
  )
})
