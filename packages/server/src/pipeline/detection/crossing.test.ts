import { readFileSync } from 'node:fs'
import { setImmediate as breathe } from 'node:timers/promises'
import { streamOf } from '@breakwater/testkit'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'
import { startDetection } from './start.ts'
import type { Detection, DetectionOptions } from './start.ts'

const PATH = '/v1/chat/completions'
const NOTES = readFileSync(new URL('../../../../deid/test-data/evaluation/notes.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): string => JSON.parse(line).text)

async function start(changes: Partial<DetectionOptions> = {}): Promise<Detection> {
  const clock = { now: () => new Date() }
  const limits = { workers: 1, budgetMs: 60_000, memoryBytes: 8_000_000 }
  return startDetection({ tier: 'models', ...limits, lexicon: undefined, clock, ...changes })
}

let detection: Detection
let crossing: TestCrossing
beforeAll(async () => {
  detection = await start()
}, 30_000)
afterAll(async () => detection.close())
afterEach(async () => crossing.close())

const user = (content: string): { role: 'user'; content: string } => ({ role: 'user', content })
const bodyOf = (...contents: string[]): object => ({ model: 'scripted', messages: contents.map(user) })
const contentOf = async (answer: Response): Promise<string> => {
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] }
  return choices[0]?.message.content ?? ''
}

const PROSE =
  'Mr. Maria-Lopez came for a check of his blood pressure, which was high at home and is better on the new tablet. He sleeps well and walks each day. '

describe('a crossing with the models', () => {
  test('says in the ledger and in the table of stages what detected', async ({ db }) => {
    crossing = await createTestCrossing(db, detection)
    expect((await crossing.send(PATH, bodyOf('Explain what a breakwater is.'))).status).toBe(200)
    const [intent] = await crossing.entries()
    expect(intent?.features.filter((name) => name.startsWith('detection:'))).toEqual([
      expect.stringMatching(/^detection:words\.pieces-\d+-[0-9a-f]{8}$/),
    ])
    const headers = { authorization: `Bearer ${crossing.app.tokens.app}` }
    const shown = await crossing.routes.request('/api/v1/pipeline', { headers })
    expect(await shown.json()).toMatchObject({ detection: { tier: 'models', english: expect.any(String) } })
  })

  test('takes the names that programs give for what they are, in what is asked and what is answered (GW-08)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db, detection)
    const properties = { ward: { type: 'string' }, foo: { type: 'string' }, tenant_id: { type: 'string' } }
    const call = { name: 'place', arguments: '{"ward":"B","foo":"1","tenant_id":"x"}' }
    const message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: call }],
    }
    crossing.upstream.answer({
      kind: 'whole',
      document: { choices: [{ index: 0, message, finish_reason: 'tool_calls' }] },
    })
    const tools = [{ type: 'function', function: { name: 'place', parameters: { type: 'object', properties } } }]
    const answer = await crossing.send(PATH, { ...bodyOf('Place the patient.'), tools })
    expect(crossing.upstream.received[0]?.body).toMatchObject({ tools })
    const { choices } = (await answer.json()) as { choices: { message: typeof message }[] }
    expect(choices[0]?.message.tool_calls[0]?.function).toEqual(call)
  })

  test('leaves the words of its caller beside tokens as they are, and nobody else a name (GW-08, LS-02)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db, detection)
    const asked =
      'Synthetic conformance record bracket-gravel-kettle-pantry-socket: contact qwhzpjkd@example.com, card 4242-4242-4242-4242'
    crossing.upstream.answer(({ body }) => {
      const { messages } = body as { messages: { content: string }[] }
      const content = `${messages.at(-1)?.content ?? ''} and Mr. Walter Pennington.`
      return { kind: 'whole', document: { choices: [{ index: 0, message: { content }, finish_reason: 'stop' }] } }
    })
    const content = await contentOf(await crossing.send(PATH, bodyOf(asked)))
    expect(content).toContain('record bracket-gravel-kettle-pantry-socket: contact qwhzpjkd@example.com')
    expect(content).not.toMatch(/Walter|Pennington/)
  })

  test('gives a value the same token in every turn, remembered or not (GW-08)', async ({ db }) => {
    crossing = await createTestCrossing(db, detection)
    const sent: string[] = []
    crossing.upstream.answer(({ text }) => {
      sent.push(text)
      return { kind: 'whole', document: { choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }] } }
    })
    const turns = NOTES.slice(0, 4)
    for (let count = 1; count <= turns.length; count++) {
      expect((await crossing.send(PATH, bodyOf(...turns.slice(0, count)))).status).toBe(200)
    }
    const firstOf = (text: string): string =>
      (JSON.parse(text) as { messages: { content: string }[] }).messages[0]?.content ?? ''
    const [first = '', ...later] = sent.map(firstOf)
    for (const text of later) {
      // Later turns may add tokens and never change one.
      const tokens = first.match(/[A-Z]+\d[A-Z0-9]{8,}/g) ?? []
      for (const token of tokens) expect(text).toContain(token)
    }
  })

  test('removes the same from a stream and from a whole answer, wherever the stream is cut (GW-08, LS-02)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db, detection)
    const said = NOTES.slice(0, 3).join('\n\n')
    crossing.upstream.answer(() => ({
      kind: 'whole',
      document: { choices: [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }] },
    }))
    const whole = await contentOf(await crossing.send(PATH, bodyOf('Write me some notes.')))
    expect(whole).not.toBe(said)
    for (const size of [1, 7, 60]) {
      const pieces = said.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? []
      crossing.upstream.answer(() => ({ kind: 'stream', pieces: streamOf(pieces) }))
      const answer = await crossing.send(PATH, { ...bodyOf('Write me some notes.'), stream: true })
      const events = (await answer.text()).split('\n\n').filter((event) => event.startsWith('data: {'))
      const deltas = events.map((event) => {
        const { choices } = JSON.parse(event.slice('data: '.length)) as { choices: { delta: { content?: string } }[] }
        return choices[0]?.delta.content ?? ''
      })
      expect(deltas.join('')).toBe(whole)
    }
  })

  test('refuses a note in a language that nobody reads: nothing is forwarded (DI-06)', async ({ db }) => {
    crossing = await createTestCrossing(db, detection)
    const german = 'Der Patient wurde mit Schmerzen in der Brust in das Krankenhaus gebracht und ist nicht vorbelastet.'
    const answer = await crossing.send(PATH, bodyOf(german))
    const text = await answer.text()
    expect(answer.status).toBe(422)
    expect(text).toContain('language.unsupported')
    expect(text).not.toContain('Krankenhaus')
    expect(crossing.upstream.connections()).toBe(0)
    expect(await crossing.entries()).toMatchObject([{ kind: 'crossing.refused', codes: ['language.unsupported'] }])
  })

  test('forwards nothing when the workers are gone, or take too long', async ({ db }) => {
    for (const changes of [{}, { budgetMs: 1 }]) {
      const own = await start(changes)
      if (changes.budgetMs === undefined) await own.close()
      crossing = await createTestCrossing(db, own)
      const answer = await crossing.send(PATH, bodyOf(NOTES.slice(0, 20).join('\n')))
      expect(answer.status).toBe(503)
      expect(await answer.text()).toContain('detector.unavailable')
      expect(crossing.upstream.connections()).toBe(0)
      await own.close()
      if (changes.budgetMs === undefined) await crossing.close()
    }
  })
})

describe('while a long body is read', () => {
  test.for([
    ['models', 60_000],
    ['rules', 950_000],
  ] as const)('the thread that answers stays free, with %s and %d characters', async ([tier, units], { db }) => {
    const own = await start({ tier })
    try {
      crossing = await createTestCrossing(db, own)
      const long = PROSE.repeat(Math.ceil(units / PROSE.length)).slice(0, units)
      const startedMs = performance.now()
      let longestMs = 0
      let isDone = false
      const reading = crossing.send('/api/v1/preview', bodyOf(long)).finally(() => {
        isDone = true
      })
      for (let lastMs = startedMs; !isDone; ) {
        await breathe()
        const nowMs = performance.now()
        longestMs = Math.max(longestMs, nowMs - lastMs)
        lastMs = nowMs
      }
      expect((await reading).status).toBe(200)
      const tookMs = performance.now() - startedMs
      // Read on this thread, the longest pause would be nearly all of it.
      expect(longestMs).toBeLessThan(tookMs / 3)
    } finally {
      await own.close()
    }
  })
})
