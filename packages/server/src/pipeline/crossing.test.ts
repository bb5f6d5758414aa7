import { afterEach, describe, expect } from 'vitest'
import { createTestCrossing } from '../testing/crossing.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import { test } from '../testing/database.ts'
import { streamOf } from '@breakwater/testkit'

const NOTE =
  'Patient: Maribel Quintanilla, DOB 03/14/1961, MRN 4482913, phone (212) 555-0142, seen by Dr. Oskar Lindqvist. ' +
  'BP 120/80, metformin 500 mg twice daily. Summarize for Maribel.'
const SECRETS = ['Maribel', 'Quintanilla', '03/14/1961', '4482913', '555-0142', 'Lindqvist']

let crossing: TestCrossing
afterEach(async () => crossing.close())

/** Tokens in a text that reached the provider. */
function tokensIn(text: string): string[] {
  return [...new Set(text.match(/\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g) ?? [])]
}

describe('a chat completion', () => {
  test('reaches the provider without identifiers and comes back with them (GW-08, LS-02)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer(({ body }) => ({
      kind: 'whole',
      document: {
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [
          {
            index: 0,
            finish_reason: 'stop',
            message: {
              role: 'assistant',
              content: `About ${tokensIn(JSON.stringify(body)).join(' and ')}. Also John Smith, SSN 078-05-1120, called.`,
            },
          },
        ],
      },
    }))
    const completion = await crossing.client.chat.completions.create({
      model: 'scripted',
      messages: [
        { role: 'system', content: 'You summarise.' },
        { role: 'user', content: NOTE },
      ],
    })
    const sent = crossing.upstream.received[0]?.text ?? ''
    for (const secret of SECRETS) expect(sent).not.toContain(secret)
    for (const kept of ['BP 120/80', 'metformin 500 mg']) expect(sent).toContain(kept)
    const content = completion.choices[0]?.message.content ?? ''
    for (const value of ['Maribel', 'Quintanilla', '4482913']) expect(content).toContain(value)
    expect(content).not.toContain('078-05-1120')
    expect(content).not.toContain('Smith')
    const [intent, outcome] = await crossing.entries()
    expect(intent).toMatchObject({
      kind: 'crossing.intent',
      decision: 'allow',
      purpose: 'TREAT',
      provider: 'scripted',
      model: 'scripted',
      agreement: { id: 'scripted', version: 1 },
    })
    expect(intent?.counts['masked.name']).toBeGreaterThan(2)
    expect(outcome).toMatchObject({ kind: 'crossing.outcome', decision: 'allow', crossing: intent?.crossing })
    expect(outcome?.counts['token.restored']).toBeGreaterThan(2)
    expect(outcome?.counts['removed.ssn']).toBe(1)
  })

  test.for([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'hello' }] }],
    ['/v1/completions', { prompt: 'hello' }],
  ] as const)('may weigh tokens by their numbers, and by nothing else, at %s', async ([path, asked], { db }) => {
    crossing = await createTestCrossing(db)
    const weigh = async (names: object) => crossing.send(path, { model: 'scripted', ...asked, logit_bias: names })
    const numbers = { 50256: -100, 1970: 5, 199999: 1 }
    await weigh(numbers)
    expect(crossing.upstream.received[0]?.body).toMatchObject({ logit_bias: numbers })
    const refused = ['Mrs. Maribel Quintanilla', '4155550142', '536-90-4399']
    for (const name of refused) expect((await weigh({ [name]: 1 })).status, name).toBe(400)
    expect(crossing.upstream.received).toHaveLength(1)
  })

  test('streams what the whole answer says', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const request = { model: 'demo', messages: [{ role: 'user' as const, content: NOTE }] }
    const whole = await crossing.client.chat.completions.create(request)
    let streamed = ''
    for await (const chunk of await crossing.client.chat.completions.create({ ...request, stream: true })) {
      streamed += chunk.choices[0]?.delta.content ?? ''
    }
    expect(streamed).toBe(whole.choices[0]?.message.content)
    expect(streamed).toContain('Quintanilla')
    expect(streamed).toContain('demo model')
  })

  test('carries a receipt, and nothing of what the provider set', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer({
      kind: 'raw',
      status: 200,
      headers: { 'content-type': 'application/json', 'set-cookie': 'a=b', 'x-request-id': 'theirs' },
      bytes: '{"id":"theirs","choices":[{"index":0,"message":{"role":"assistant","content":"fine"}}]}',
    })
    const answer = await crossing.send('/v1/chat/completions', {
      model: 'scripted',
      messages: [{ role: 'user', content: 'hello' }],
    })
    expect(answer.headers.get('breakwater-receipt')).toMatch(/^intent=\d+, outcome=\d+$/)
    expect([...answer.headers.keys()].toSorted()).toEqual([
      'breakwater-provider',
      'breakwater-receipt',
      'cache-control',
      'content-security-policy',
      'content-type',
      'referrer-policy',
      'strict-transport-security',
      'x-content-type-options',
    ])
    expect(await answer.text()).not.toContain('theirs')
  })

  test('masks and restores tool calls (GW-08)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer(({ text }) => {
      const [token = ''] = text.match(/NAME[0-9B-DF-HJ-NP-TV-XZ]{12}/) ?? []
      const call = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: `{"who":"${token}"}` } }
      return {
        kind: 'whole',
        document: {
          choices: [
            {
              index: 0,
              finish_reason: 'tool_calls',
              message: { role: 'assistant', content: null, tool_calls: [call] },
            },
          ],
        },
      }
    })
    const { choices } = await crossing.client.chat.completions.create({
      model: 'scripted',
      messages: [{ role: 'user', content: 'Find Mrs. Maribel Quintanilla in the register.' }],
      tools: [
        {
          type: 'function',
          function: { name: 'look_up', parameters: { type: 'object', properties: { who: { type: 'string' } } } },
        },
      ],
    })
    const [call] = choices[0]?.message.tool_calls ?? []
    expect(call).toMatchObject({ id: 'call_1', function: { name: 'look_up', arguments: '{"who":"Maribel"}' } })
  })

  test('has the same tokens in ten turns, others for another patient or conversation', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const messages: { role: 'user' | 'assistant'; content: string }[] = []
    const seen: string[] = []
    for (let turn = 0; turn < 10; turn++) {
      messages.push({ role: 'user', content: `Turn ${turn}: how is Mrs. Maribel Quintanilla?` })
      const { choices } = await crossing.client.chat.completions.create({ model: 'scripted', messages })
      messages.push({ role: 'assistant', content: choices[0]?.message.content ?? '' })
      const texts = crossing.upstream.received.at(-1)?.text ?? ''
      seen.push(tokensIn(texts).toSorted().join())
    }
    expect(new Set(seen).size).toBe(1)
    for (const headers of [{ 'breakwater-patient': 'p1' }, { 'breakwater-conversation': 'c1' }]) {
      await crossing.send('/v1/chat/completions', { model: 'scripted', messages }, headers)
      expect(
        tokensIn(crossing.upstream.received.at(-1)?.text ?? '')
          .toSorted()
          .join(),
      ).not.toBe(seen[0])
    }
    const entries = await crossing.entries()
    expect(entries.find(({ patients }) => patients.length > 0)?.patients[0]).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('a declaration that a prompt holds no PHI (LS-01)', () => {
  test.for(['de-identified', 'synthetic'])(
    'of %s is not believed: the prompt is masked like any other',
    async (dataClass, { db }) => {
      crossing = await createTestCrossing(db)
      const note = 'Nothing identifying in here: Maribel Quintanilla, SSN 536-90-4399.'
      const answer = await crossing.send(
        '/v1/chat/completions',
        { model: 'scripted', messages: [{ role: 'user', content: note }] },
        { 'breakwater-data-class': dataClass },
      )
      expect(answer.status).toBe(200)
      expect(crossing.upstream.received).toHaveLength(1)
      expect(crossing.upstream.received[0]?.text).not.toMatch(/536-90-4399|Maribel|Quintanilla/)
    },
  )
})

describe('Breakwater-Patient', () => {
  const record = { resourceType: 'Patient', id: 'p-9', name: [{ family: 'Zzyrqa', given: ['Faith'] }] }
  const inHeader = (value: unknown): Record<string, string> => ({
    'breakwater-patient': `:${Buffer.from(JSON.stringify(value)).toString('base64url')}:`,
  })
  const messages = [{ role: 'user', content: 'why is zzyrqa tired, as f. zzyrqa says?' }]

  test('as a FHIR Patient: forms that no rule would find are masked and come back; no value goes on (DI-06)', async ({
    db,
  }) => {
    crossing = await createTestCrossing(db)
    const answer = await crossing.send('/v1/chat/completions', { model: 'demo', messages }, inHeader(record))
    expect(await answer.text()).toContain('why is zzyrqa tired, as f. zzyrqa says?')
    await crossing.send('/v1/chat/completions', { model: 'scripted', messages }, inHeader(record))
    expect(crossing.upstream.received.at(-1)?.text).not.toMatch(/zzyrqa/i)
    expect(JSON.stringify(await crossing.entries())).not.toMatch(/zzyrqa|p-9/i)
  })

  test('as an id and as the record of the same id: one patient', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const about = [{ role: 'user', content: 'How is Mrs. Maribel Quintanilla?' }]
    for (const headers of [inHeader(record), { 'breakwater-patient': 'p-9' }])
      await crossing.send('/v1/chat/completions', { model: 'scripted', messages: about }, headers)
    const [first, second] = crossing.upstream.received.slice(-2).map(({ text }) => tokensIn(text))
    expect(first).toEqual(second)
  })

  test.for<[string, string]>([
    ['no base64 of JSON', ':Zzyrqa:'],
    ['JSON with a member that is none', inHeader({ Zzyrqa: 1 })['breakwater-patient'] ?? ''],
    ['neither id nor identifier', inHeader({ names: ['Zzyrqa'] })['breakwater-patient'] ?? ''],
    ['too long an id', 'Zzyrqa'.repeat(50)],
    ['too long a record', `:${'Zzyrqa'.repeat(1400)}:`],
  ])('is refused, %s: the answer names the rule and no value', async ([, value], { db }) => {
    crossing = await createTestCrossing(db)
    const answer = await crossing.send(
      '/v1/chat/completions',
      { model: 'demo', messages },
      { 'breakwater-patient': value },
    )
    const text = await answer.text()
    expect(answer.status).toBe(400)
    expect(text).toContain('Breakwater-Patient')
    expect(text).not.toContain('Zzyrqa')
  })
})

describe('many crossings at once', () => {
  test('each restore their own patient: equal shapes, other tokens, nobody mixed up', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const ask = async (name: string): Promise<string> => {
      const headers = { 'breakwater-patient': name }
      const messages = [{ role: 'user', content: `How is Mrs. Maribel ${name}?` }]
      const answer = await crossing.send('/v1/chat/completions', { model: 'demo', messages }, headers)
      return answer.text()
    }
    const names = Array.from({ length: 40 }, (_, at) => ['Quintanilla', 'Lindqvist'][at % 2] ?? '')
    const answers = await Promise.all(names.map(ask))
    for (const [at, name] of names.entries()) {
      expect(answers[at]).toContain(`How is Mrs. Maribel ${name}?`)
      expect(answers[at]).not.toContain(name === 'Lindqvist' ? 'Quintanilla' : 'Lindqvist')
    }
  })
})

describe('the client of OpenAI', () => {
  test('reads refusals as its own errors, before and inside a stream', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const messages = [{ role: 'user' as const, content: 'a' }]
    const refused = crossing.client.chat.completions.create({ model: 'scripted', messages, store: true })
    await expect(refused).rejects.toMatchObject({ status: 400, code: 'body.feature-refused', param: '/store' })
    crossing.upstream.answer({ kind: 'stream', pieces: streamOf(['a']).slice(0, 2) })
    const stream = await crossing.client.chat.completions.create({ model: 'scripted', messages, stream: true })
    const reading = (async () => {
      for await (const chunk of stream) expect(chunk.choices[0]?.delta.content ?? '').toBe('')
    })()
    await expect(reading).rejects.toMatchObject({ code: 'provider.invalid-answer' })
  })
})

describe('a preview', () => {
  test('shows decision, masked body and reasons, and forwards nothing', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const answer = await crossing.send('/api/v1/preview', {
      model: 'scripted',
      messages: [{ role: 'user', content: NOTE }],
    })
    const text = await answer.text()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('breakwater-receipt')).toMatch(/^preview=\d+$/)
    expect(JSON.parse(text)).toMatchObject({
      decision: 'allow',
      purpose: 'TREAT',
      provider: 'scripted',
      agreement: { id: 'scripted' },
      mayRestore: true,
      body: { model: 'scripted' },
    })
    for (const secret of SECRETS) expect(text).not.toContain(secret)
    expect(crossing.upstream.connections()).toBe(0)
    expect((await crossing.entries()).map(({ kind }) => kind)).toEqual(['preview.made'])
  })
})

describe('the table of stages', () => {
  test('is shown to callers, in the order in which it runs', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const get = async (token: string): Promise<Response> =>
      crossing.routes.request('/api/v1/pipeline', { headers: { authorization: `Bearer ${token}` } })
    expect((await get('nobody')).status).toBe(401)
    const { endpoints } = (await (await get(crossing.app.tokens.app)).json()) as {
      endpoints: Record<string, { name: string }[]>
    }
    const names = endpoints['chat.completions']?.map(({ name }) => name)
    expect(names?.join(' ')).toBe(
      'authenticate parse authorise agreements budget minimise guardInput mask residual watchSweeps preamble recordIntent forward guardOutput restore recordOutcome answer',
    )
    expect(endpoints['preview']?.map(({ name }) => name)).toEqual([
      ...(names?.slice(0, names.indexOf('recordIntent')) ?? []),
      'recordPreview',
      'answerPreview',
    ])
  })
})

describe('streaming', () => {
  test('restores tokens cut at every place and ends in [DONE] behind its outcome (GW-08)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    crossing.upstream.answer(({ text }) => {
      const said = `Dear ${tokensIn(text).join(' ')}, all is well.`
      return {
        kind: 'stream',
        pieces: streamOf(said.split('')).flatMap((piece) => [piece.slice(0, 9), piece.slice(9)]),
      }
    })
    const answer = await crossing.send('/v1/chat/completions', {
      model: 'scripted',
      stream: true,
      messages: [{ role: 'user', content: 'Write to Mrs. Maribel Quintanilla.' }],
    })
    expect(answer.headers.get('breakwater-receipt')).toMatch(/^intent=\d+$/)
    const text = await answer.text()
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('')
    expect(said).toBe('Dear Maribel Quintanilla, all is well.')
    expect((await crossing.entries()).map(({ kind, decision }) => `${kind} ${decision}`)).toEqual([
      'crossing.intent allow',
      'crossing.outcome allow',
    ])
  })
})
