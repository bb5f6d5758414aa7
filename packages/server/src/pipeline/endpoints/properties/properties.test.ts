import { afterEach, describe, expect, test as plainTest } from 'vitest'
import { createTestCrossing } from '../../../testing/crossing.ts'
import type { TestCrossing } from '../../../testing/crossing.ts'
import { test } from '../../../testing/database.ts'
import { ENDPOINT_SPECS } from '../index.ts'
import { observe } from './observe.ts'
import { readOperations, readProperties } from './property.ts'
import type { ClassifiedProperty } from './property.ts'

const PROPERTIES = readProperties()
const OPERATIONS = readOperations()
/** Answers of ours alone. */
const OWN = 'models'
/** Files and batches lie here, and their lines cross as requests do: line-batches.test.ts. */
const HELD_HERE = 'batches'

describe("every property of OpenAI's description", () => {
  const crossed = PROPERTIES.filter(({ endpoint }) => endpoint !== OWN)
  const parts = [...new Set(crossed.map(({ endpoint, part }) => `${endpoint} ${part}`))]

  plainTest.for(parts)(
    'that %s may hold does what its class says, and no planted value leaves (GW-08)',
    async (name) => {
      const told: string[] = []
      const seen: string[] = []
      for (const property of crossed.filter(({ endpoint, part }) => `${endpoint} ${part}` === name)) {
        const observed = await observe(property)
        told.push(describeProperty(property, property))
        seen.push(describeProperty(property, observed))
      }
      expect(seen).toEqual(told)
    },
  )

  plainTest('has a class, and is listed once', () => {
    const classes = new Set(['scan', 'opaque', 'structural', 'feature', 'refuse'])
    expect(PROPERTIES.filter(({ class: own }) => !classes.has(own))).toEqual([])
    const keys = PROPERTIES.map(({ endpoint, part, path }) => `${endpoint} ${part} ${path}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(crossed.length).toBeGreaterThan(1_500)
  })
})

function describeProperty(
  { path }: ClassifiedProperty,
  { class: own, detail }: { class: string; detail: string },
): string {
  return `${path}: ${own} ${detail}`.trim()
}

describe("every operation of OpenAI's description", () => {
  let crossing: TestCrossing
  afterEach(async () => crossing.close())

  test('that is not served is refused, and recorded', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const refused = OPERATIONS.filter(([, endpoint]) => endpoint === 'refused')
    expect(refused.length).toBeGreaterThan(250)
    const answers = []
    for (const [operation] of refused) {
      const [method = '', path = ''] = operation.split(' ')
      const answer = await crossing.routes.request(`/v1${path.replaceAll(/\{[^}]*\}/g, 'x1')}`, {
        method,
        headers: { authorization: `Bearer ${crossing.app.tokens.app}` },
      })
      answers.push(`${operation}: ${answer.status}`)
    }
    expect(answers).toEqual(refused.map(([operation]) => `${operation}: 404`))
    expect(crossing.upstream.connections()).toBe(0)
    expect(await crossing.entries()).toHaveLength(refused.length)
  })

  plainTest('that is served is one of ours, and each of ours is in the description', () => {
    const served = new Set(OPERATIONS.flatMap(([, endpoint]) => (endpoint === 'refused' ? [] : [endpoint])))
    const own = ENDPOINT_SPECS.filter(({ path }) => path.startsWith('/v1/')).map(({ id }) => id)
    expect([...served].sort()).toEqual([...own, OWN, HELD_HERE].sort())
  })
})
