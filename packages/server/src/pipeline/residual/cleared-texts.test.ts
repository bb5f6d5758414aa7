import { AppError } from '@breakwater/kernel'
import type { Keyring } from '@breakwater/kernel'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadResidualScanner } from '../../startup/engine.ts'
import { createFindingsMemory } from '../detection/findings-memory.ts'
import type { DetectionScanner } from '../detection/planner.ts'
import { sampleEngine, sampleKeyring } from '../test-parts.ts'
import { createTokenMaker } from '../tokens/scope.ts'
import { createTokenMap } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import { createClearedTexts } from './cleared-texts.ts'
import type { ClearedTexts } from './cleared-texts.ts'
import { scanResidual } from './scan-residual.ts'

const scanner = await loadResidualScanner()
const VALUES = ['Quornish', 'Zelda', 'blue door', '555-0142'] as const
const HARMLESS = [
  'Quornish',
  'then Zelda came',
  'by the blue door',
  'BP 120/80',
  'UXVvcm5pc2ggaXMgaGVyZSBub3c=',
  'Zelda%20left',
]
const LEFT = ['id 078-05-1120 of', 'at a.b%40example.org']

const limits = { maxBytes: 1_000_000, maxBytesPerTenant: 500_000, maxAgeMs: 60_000 }
const startMemory = (): ((tenant: string) => ClearedTexts) => {
  const memory = createFindingsMemory({ clock: { now: () => new Date() }, ...limits })
  return (tenant) => createClearedTexts(memory, tenant)
}

/** Of tokens that end in twelve digits, which only their own request takes for anything but a number. */
const keyring: Keyring = {
  ...sampleKeyring,
  deriveMac: (...asked) => {
    const mac = sampleKeyring.deriveMac(...asked)
    return (data) => mac(data).map((byte, at) => (at % 2 === 0 ? 0 : byte % 10))
  },
}

/** The map of a request of a conversation in which these values were masked. */
function mapOf(conversation: string, values: readonly string[]): TokenMap {
  const scope = { tenant: 'acme', principal: 'app', conversation, patient: undefined, opening: '' }
  const map = createTokenMap(createTokenMaker(keyring, scope))
  for (const value of values) map.tokenOf('NAME', value)
  return map
}

async function outcomeOf(map: TokenMap, texts: readonly string[], cleared?: ClearedTexts): Promise<unknown> {
  try {
    await scanResidual(
      { engine: sampleEngine, scanner, cleared },
      map,
      texts.map((text, index) => ({ text, field: `/${index}` })),
    )
    return 'let go'
  } catch (thrown) {
    if (thrown instanceof AppError) return [thrown.code, thrown.field]
    throw thrown
  }
}

test('what is remembered of texts changes nothing of what the second look says, whatever was masked before', async () => {
  const texts = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...HARMLESS) },
      fc.constantFrom(...LEFT),
      // Tokens of this conversation and of another one.
      fc.tuple(fc.constantFrom('one', 'two'), fc.constantFrom(...VALUES)),
    ),
    { minLength: 1, maxLength: 3 },
  )
  const request = fc.record({ conversation: fc.constantFrom('one', 'two'), values: fc.subarray([...VALUES]), texts })
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 8 }), async (requests) => {
      const clearedOf = startMemory()
      for (const { conversation, values, texts: pieces } of requests) {
        const map = mapOf(conversation, values)
        const written = pieces.map((piece) =>
          typeof piece === 'string' ? piece : `then ${mapOf(piece[0], []).tokenOf('NAME', piece[1])} left`,
        )
        expect(await outcomeOf(map, written, clearedOf('acme'))).toEqual(await outcomeOf(map, written))
      }
    }),
    { numRuns: 300 },
  )
})

test('a text that was let go is not read again for its own tenant, and is for another one', async () => {
  const clearedOf = startMemory()
  let scans = 0
  const counted: Pick<DetectionScanner, 'scan'> = {
    scan: (...asked) => {
      scans++
      return scanner.scan(...asked)
    },
  }
  for (const [tenant, expected] of [
    ['acme', 1],
    ['acme', 1],
    ['globex', 2],
  ] as const) {
    const detectors = { engine: sampleEngine, scanner: counted, cleared: clearedOf(tenant) }
    await scanResidual(detectors, mapOf('one', ['Zelda']), [{ text: 'BP 120/80', field: '' }])
    expect(scans).toBe(expected)
  }
})
