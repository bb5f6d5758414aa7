import { afterEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../../testing/crossing.ts'
import type { TestCrossing } from '../../testing/crossing.ts'
import { test } from '../../testing/database.ts'

const NOTE = 'Patient: Maribel Quintanilla, MRN 4482913. BP 120/80. Summarize for Maribel.'
const SECRETS = ['Maribel', 'Quintanilla', '4482913']

let crossing: TestCrossing
afterEach(async () => crossing.close())

const tokensIn = (text: string): string[] => [
  ...new Set(text.match(/\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g) ?? []),
]
const codeOf = async (path: string, body: unknown): Promise<string> => {
  const answer = await crossing.send(path, body)
  return `${answer.status} ${((await answer.json()) as { error: { code: string } }).error.code}`
}

function expectMasked(path: string): void {
  const sent = crossing.upstream.received.at(-1)
  expect(sent?.path).toBe(path)
  for (const secret of SECRETS) expect(sent?.text).not.toContain(secret)
}

describe('completions', () => {
  const said = (body: unknown): string =>
    `About ${tokensIn(JSON.stringify(body)).join(' and ')}. John Smith, SSN 078-05-1120, called.`
  const choices = (body: unknown): object[] =>
    [0, 1, 2].map((index) => ({ index, text: `${index}: ${said(body)}`, logprobs: null, finish_reason: 'stop' }))
  const head = { id: 'x', object: 'text_completion', created: 7, model: 'm' }

  test('come back whole and streamed, of each choice, with the same text (GW-08)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer(({ body }) => ({ kind: 'whole', document: { ...head, choices: choices(body) } }))
    const request = { model: 'scripted', prompt: [NOTE, 'and again Maribel'], n: 3 }
    const whole = await crossing.client.completions.create(request)
    expectMasked('/v1/completions')
    const texts = whole.choices.map(({ text }) => text)
    for (const value of SECRETS) expect(texts[2]).toContain(value)
    expect(texts[2]).not.toMatch(/Smith|078-05/)

    crossing.upstream.answer(({ body }) => {
      const pieces = [0, 1, 2].flatMap((index) => {
        const text = `${index}: ${said(body)}`
        const cut = Array.from({ length: Math.ceil(text.length / 5) }, (_, at) => text.slice(5 * at, 5 * at + 5))
        return [
          ...cut.map((piece) => ({ index, text: piece, finish_reason: null })),
          { index, text: '', finish_reason: 'stop' },
        ]
      })
      const events = pieces.map((choice) => `data: ${JSON.stringify({ ...head, choices: [choice] })}\n\n`)
      return { kind: 'stream', pieces: [...events, 'data: [DONE]\n\n'] }
    })
    const streamed: string[] = []
    for await (const event of await crossing.client.completions.create({ ...request, stream: true })) {
      for (const { index, text } of event.choices) streamed[index] = (streamed[index] ?? '') + text
    }
    expect(streamed).toEqual(texts)
    expect((await crossing.entries()).map(({ endpoint }) => endpoint)).toEqual(Array(4).fill('completions'))
  })

  test('are refused where the prompt is no text, or would come back or be told piece by piece', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const ask = async (more: object): Promise<string> =>
      codeOf('/v1/completions', { model: 'scripted', prompt: 'a', ...more })
    expect(await ask({ prompt: [1, 2, 3] })).toBe('400 body.invalid')
    expect(await ask({ prompt: [[1, 2, 3]] })).toBe('400 body.invalid')
    for (const more of [{ echo: true }, { suffix: 'Maribel' }, { logprobs: 2 }, { models: ['other'] }]) {
      expect(await ask(more)).toBe('400 body.feature-refused')
    }
    crossing.upstream.answer({
      kind: 'whole',
      document: { ...head, choices: [{ index: 0, text: 'a', finish_reason: 'stop', logprobs: { tokens: ['a'] } }] },
    })
    expect(await ask({})).toBe('502 provider.invalid-answer')
  })
})

describe('embeddings', () => {
  const vector = Array.from({ length: 64 }, (_, at) => Math.fround(Math.sin(at + 1) / 8))
  const answer = (embedding: unknown): object => ({
    object: 'list',
    model: 'm',
    data: [{ object: 'embedding', index: 0, embedding }],
    usage: { prompt_tokens: 8, total_tokens: 8 },
  })

  test('are made of masked text, and come back number for number, in either encoding', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer(({ body }) => {
      const isBase64 = (body as { encoding_format?: string }).encoding_format === 'base64'
      const bytes = Buffer.from(Float32Array.from(vector).buffer)
      return { kind: 'whole', document: answer(isBase64 ? bytes.toString('base64') : vector) }
    })
    for (const encoding_format of ['float', undefined] as const) {
      const { data } = await crossing.client.embeddings.create({
        model: 'scripted',
        input: [NOTE, 'Maribel'],
        ...(encoding_format && { encoding_format }),
      })
      expect(data[0]?.embedding).toEqual(vector)
      expectMasked('/v1/embeddings')
    }
    const [intent] = await crossing.entries()
    expect(intent).toMatchObject({ endpoint: 'embeddings', features: expect.arrayContaining(['embeddings']) })
  })

  test('hold the same token for the same value in a document and in a question about it', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer({ kind: 'whole', document: answer(vector) })
    for (const input of [NOTE, 'Where is Mrs. Quintanilla?']) {
      await crossing.client.embeddings.create({ model: 'scripted', input, encoding_format: 'float' })
    }
    const [document = [], question = []] = crossing.upstream.received.map(({ text }) => tokensIn(text))
    expect(question).toHaveLength(1)
    expect(document).toEqual(expect.arrayContaining(question))
  })

  test('are refused of token numbers, and whatever of an answer is no vector is guarded', async ({ db }) => {
    crossing = await createTestCrossing(db)
    for (const input of [[1, 2], [[1, 2]], [], {}]) {
      expect(await codeOf('/v1/embeddings', { model: 'scripted', input })).toBe('400 body.invalid')
    }
    expect(crossing.upstream.connections()).toBe(0)
    for (const embedding of [
      'Mrs. Ada Vance',
      Buffer.from('Mrs. Ada Vance is well today, she says').toString('base64'),
    ]) {
      crossing.upstream.answer({ kind: 'whole', document: answer(embedding) })
      expect(await codeOf('/v1/embeddings', { model: 'scripted', input: 'a' })).toBe('502 provider.invalid-answer')
    }
  })
})

describe('moderations', () => {
  const rated = { harassment: false, 'harassment/threatening': true }
  const document = {
    id: 'modr-1',
    model: 'omni',
    results: [
      {
        flagged: true,
        categories: rated,
        category_scores: { harassment: 0.0000012345678, 'harassment/threatening': 0.75 },
        category_applied_input_types: { harassment: ['text'] },
      },
    ],
  }

  test('rate masked text, by a model that is always named', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer({ kind: 'whole', document })
    const { results } = await crossing.client.moderations.create({
      model: 'scripted',
      input: [{ type: 'text', text: NOTE }],
    })
    expectMasked('/v1/moderations')
    expect(results).toEqual(document.results)
    expect(await codeOf('/v1/moderations', { input: NOTE })).toBe('404 provider.unknown-model')
    const [, , refused] = await crossing.entries()
    expect(refused).toMatchObject({ endpoint: 'moderations', codes: ['provider.unknown-model'] })
  })

  test('are refused of pictures', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const input = [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }]
    expect(await codeOf('/v1/moderations', { model: 'scripted', input })).toBe('415 body.media-refused')
  })
})

describe('models', () => {
  test("are those that the caller may reach by agreement and policy, never the vendor's own list", async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { services, tenant, tokens } = crossing.app
    const listed = async (headers: Record<string, string> = {}): Promise<string[]> => {
      const { data } = await crossing.client.models.list({ headers })
      return data.map(({ id }) => id)
    }
    expect(await listed()).toEqual(['demo', 'scripted'])
    expect(await crossing.client.models.retrieve('scripted')).toEqual({
      id: 'scripted',
      object: 'model',
      created: 0,
      owned_by: 'scripted',
    })
    expect(crossing.upstream.connections()).toBe(0)
    await services.agreements.terminate({ tenant, id: 'admin' }, 'scripted')
    expect(await listed({ 'breakwater-purpose': 'TREAT' })).toEqual(['demo'])
    await expect(crossing.client.models.retrieve('scripted')).rejects.toMatchObject({ status: 404 })
    await expect(listed({ 'breakwater-purpose': 'HRESCH' })).rejects.toMatchObject({ status: 403 })
    const asAdmin = await listed({ authorization: `Bearer ${tokens.admin}` })
    expect(asAdmin).toEqual([])
    await expect(listed({ authorization: 'Bearer nobody' })).rejects.toMatchObject({ status: 401 })
  })
})
