import { readFileSync } from 'node:fs'
import { createTextEngine } from '@breakwater/deid'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planFor } from '../detection/planner.ts'
import { CHAT_REQUEST } from '../endpoints/chat-completions/request-shape.ts'
import { createAnswerGuard } from '../guard/channels.ts'
import { createRestoreTable } from '../guard/restorer.ts'
import { createTally } from '../guard/step.ts'
import { EVERY_CLASS, sampleKeyring } from '../test-parts.ts'
import { createTokenMaker } from '../tokens/scope.ts'
import { createTokenMap } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import { loadResidualScanner } from '../../startup/engine.ts'
import { scanResidual } from '../residual/scan-residual.ts'
import { scanJson } from '../walk/scan-json.ts'
import { maskBody } from './mask-body.ts'

const gazetteer = readFileSync(new URL('../data/gazetteer.bin', import.meta.resolve('@breakwater/deid')))
const engine = planFor(createTextEngine({ gazetteer }), { principal: { tenant: 'acme' }, known: [] })
const scanner = await loadResidualScanner()
const scope = { tenant: 'acme', principal: 'app', conversation: 'c1', patient: undefined, opening: '' }

async function mask(content: string): Promise<{ masked: string; map: TokenMap }> {
  const map = createTokenMap(createTokenMaker(sampleKeyring, scope), EVERY_CLASS)
  const sent = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
  const { text } = await maskBody(engine, map, sent, scanJson(sent, { shape: CHAT_REQUEST, maxDepth: 64 }))
  return { masked: String(Object(JSON.parse(text)).messages[0].content), map }
}

/** As an answer that repeats what was sent comes back, in pieces. */
async function restore(map: TokenMap, text: string, cuts: readonly number[]): Promise<string> {
  const guard = createAnswerGuard(async () => [], createRestoreTable(map, EVERY_CLASS), createTally())
  const channel = guard.createChannel('text')
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length]
  let out = ''
  for (const [index, place] of places.slice(1).entries()) out += await channel.push(text.slice(places[index], place))
  return out + (await channel.end())
}

const inFence = (text: string): string => /```json\n([\s\S]*)\n```/.exec(text)?.[1] ?? ''
const sentence = (json: string): string => `Please read this and go on:\n\n\`\`\`json\n${json}\n\`\`\`\nThanks.`

const number = fc.oneof(
  fc.integer({ min: 1_000_000, max: 9_999_999_999 }),
  fc.double({ min: -180, max: 180, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6),
  fc.integer({ min: 0, max: 99 }),
)
const member = fc.constantFrom(
  'mrn',
  'phone',
  'latitude',
  'longitude',
  'ssn',
  'valueInteger',
  'count',
  'postalCode',
  'ids',
)
const record = fc.record({
  resourceType: fc.constantFrom('Patient', 'Location', 'Observation'),
  name: fc.constantFrom([{ family: 'Zyrqa', given: ['Plove'] }]),
  position: fc.dictionary(member, number, { noNullPrototype: true }),
  list: fc.array(number, { maxLength: 4 }),
  extension: fc.array(fc.record({ url: fc.constantFrom('latitude', 'age', 'count'), valueDecimal: number }), {
    maxLength: 3,
  }),
})

describe('numbers of JSON in a text (GW-08)', () => {
  test('masked the JSON is JSON, and restored in pieces every number is the number that it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        record,
        fc.constantFrom(0, 2),
        fc.boolean(),
        fc.array(fc.nat({ max: 3_000 }), { maxLength: 30 }),
        async (value, indent, isAlone, cuts) => {
          const json = JSON.stringify(value, undefined, indent)
          const content = isAlone ? json : sentence(json)
          const { masked, map } = await mask(content)
          expect(masked).not.toMatch(/Zyrqa|Plove/)
          JSON.parse(isAlone ? masked : inFence(masked))
          expect(await restore(map, masked, cuts)).toBe(content)
        },
      ),
      { numRuns: 150 },
    )
  })

  test.for([
    '{"mrn": 44172031, "b": 1}',
    '{"patient":{"phone":4155550142}}',
    '{"position": {"latitude": -73.987654, "longitude": 40.748817}}',
    '[{"mrn": 44172031}, {"mrn":44172032}]',
  ])('%s', async (json) => {
    const { masked, map } = await mask(sentence(json))
    expect(masked).not.toMatch(/44172031|4155550142|73\.98|40\.74/)
    JSON.parse(inFence(masked))
    expect(
      await restore(
        map,
        masked,
        Array.from(masked, (_, at) => at),
      ),
    ).toBe(sentence(json))
  })

  test('a number that stands as a string too comes back as a string, and the JSON stays JSON', async () => {
    const { masked, map } = await mask(sentence('{"mrn": 44172031, "identifier": {"mrn": "44172031"}}'))
    expect(JSON.parse(inFence(await restore(map, masked, [])))).toEqual({
      mrn: '44172031',
      identifier: { mrn: '44172031' },
    })
  })

  test('a token that an answer uses as the name of a member keeps its quotation marks', async () => {
    const { masked, map } = await mask(sentence('{"mrn": 44172031}'))
    const token = /[A-Z]{3,}[0-9A-Z]{12}/.exec(masked)?.[0] ?? ''
    expect(await restore(map, `{"${token}": ["${token}", "no ${token}"]}`, [4])).toBe(
      '{"44172031": [44172031, "no 44172031"]}',
    )
  })

  test('in JSON inside JSON the marks are escaped', async () => {
    const inner = JSON.stringify({ mrn: 44172031 })
    const { masked } = await mask(sentence(JSON.stringify({ note: inner })))
    expect(typeof JSON.parse(JSON.parse(inFence(masked)).note).mrn).toBe('string')
  })
})

test('a value and its token beside markup, and an address that an identifier is part of, are no leak (GW-08)', async () => {
  const uuid = '9d9b8bed-7b79-4fa9-aea1-f133a6b4d551'
  for (const content of [
    JSON.stringify({
      resourceType: 'Patient',
      identifier: [{ value: `urn:uuid:${uuid}` }],
      link: [{ fullUrl: `urn:uuid:${uuid}` }, { fullUrl: 'urn:uuid:77d9b8be-7b79-4fa9-aea1-f133a6b4d552' }],
    }),
    JSON.stringify({ note: '<div>MRN <b>44172031</b>.Version 2</div>' }),
  ]) {
    const { masked, map } = await mask(content)
    expect(masked).not.toMatch(/9d9b8bed|44172031/)
    await scanResidual({ engine, scanner }, map, [{ text: masked, field: '/x' }])
  }
})
