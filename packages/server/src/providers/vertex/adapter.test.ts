import { createServer } from 'node:http'
import { once } from 'node:events'
import { generateKeyPairSync } from 'node:crypto'
import { fixedClock, startVertexServer } from '@breakwater/testkit'
import type { ModelServer } from '@breakwater/testkit'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { completionOf, CONVERSATION, SAID, SCHEMA_FORMAT, SENT_AT, TOOLS } from '../../testing/conversations.ts'
import { askCompletion, askText, createSecrets, targetAt } from '../../testing/provider-call.ts'
import { createVertex } from './index.ts'

const GEMINI = 'gemini-2.5-pro'
const CLAUDE = 'claude-sonnet-4-5@20250929'
const MODES = [false, true]
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ACCOUNT = {
  type: 'service_account',
  client_email: 'breakwater@made-up.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
}

let server: ModelServer
let secrets: Awaited<ReturnType<typeof createSecrets>>
let tokens: string[] = []
beforeAll(async () => {
  const isToken = (token: string): boolean => {
    tokens.push(token)
    return token.split('.').length === 3 || token === 'exchanged-token'
  }
  server = await startVertexServer({ project: 'clinic-1', location: 'europe-west4', isToken })
  secrets = await createSecrets({
    'google.json': JSON.stringify(ACCOUNT),
    'program.json': JSON.stringify({ type: 'external_account', credential_source: { executable: { command: 'x' } } }),
    'broken.json': JSON.stringify({ ...ACCOUNT, private_key: 'none' }),
  })
})
beforeEach(() => {
  server.clear()
  tokens = []
})
afterAll(async () => {
  await server.close()
  await secrets.remove()
})

const SETTINGS = { project: 'clinic-1', location: 'europe-west4', auth: 'service-account-file' } as const
const adapterFor = (apiKeyFile = 'google.json', secretsDir = secrets.path) =>
  createVertex(targetAt(server.url, { kind: 'vertex', apiKeyFile, settings: SETTINGS }), {
    secretsDir,
    clock: fixedClock(SENT_AT),
  })

const FULL = {
  model: GEMINI,
  messages: CONVERSATION,
  tools: TOOLS,
  tool_choice: { type: 'function', function: { name: 'labs' } },
  max_tokens: 300,
  temperature: 1.5,
  top_p: 0.9,
  seed: 7,
  presence_penalty: 0.5,
  frequency_penalty: -0.5,
  stop: ['END'],
  reasoning_effort: 'low',
  stream_options: { include_usage: true },
}
const BRIEF = { model: GEMINI, messages: [{ role: 'user', content: 'hello' }] }

describe('chat completions through Gemini (GW-02)', () => {
  test('everything that has a place is carried to it, results in the order of their calls', async () => {
    await askText(adapterFor(), { model: GEMINI, body: FULL })
    expect(server.faults).toEqual([])
    const [received] = server.received
    expect(received?.path).toBe(
      '/v1/projects/clinic-1/locations/europe-west4/publishers/google/models/gemini-2.5-pro:generateContent',
    )
    expect(received?.body).toMatchObject({
      systemInstruction: { parts: [{ text: 'You are brief.' }, { text: 'Answer in English.' }] },
      contents: [
        { role: 'user' },
        { role: 'model' },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'vitals', response: { output: '{"pulse":72}' } } },
            { functionResponse: { name: 'labs', response: { output: '' } } },
            { text: 'And' },
            { text: 'now?' },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['labs'] } },
      generationConfig: {
        seed: 7,
        maxOutputTokens: 300,
        stopSequences: ['END'],
        thinkingConfig: { thinkingBudget: 1024 },
      },
    })
    expect(Buffer.from(received?.bytes ?? []).toString()).toContain('"args":{"dose":1.0,"id":12345678901234567890}')
  })

  test.each(MODES)('thought, text and calls come back, streamed: %s', async (isStream) => {
    server.say(SAID)
    for (const seed of [1, 2, 3]) {
      server.cutBy(seed)
      expect(await askCompletion(adapterFor(), { model: GEMINI, body: FULL, isStream })).toEqual(completionOf(GEMINI))
    }
    expect(server.faults).toEqual([])
  })

  test('from Gemini 3 on, calls of the past say that no signature is known, and efforts are levels', async () => {
    await askText(adapterFor(), { model: 'gemini-3-pro', body: { ...FULL, model: 'gemini-3-pro' } })
    expect(server.faults).toEqual([])
    const sent = Buffer.from(server.received[0]?.bytes ?? []).toString()
    expect(sent).toContain('"thoughtSignature":"skip_thought_signature_validator"')
    expect(sent).toContain('"thinkingConfig":{"thinkingLevel":"LOW"}')
  })

  test.each([
    [{ type: 'json_object' }, { responseMimeType: 'application/json' }],
    [SCHEMA_FORMAT, { responseMimeType: 'application/json', responseJsonSchema: SCHEMA_FORMAT.json_schema.schema }],
  ])('a format for the answer goes where Gemini wants it', async (response_format, expected) => {
    await askText(adapterFor(), { model: GEMINI, body: { ...BRIEF, response_format } })
    expect(server.faults).toEqual([])
    expect(server.received[0]?.body).toMatchObject({ generationConfig: expected })
  })

  const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } }
  const ended = (finishReason: string) => ({ candidates: [{ content: { parts: [] }, finishReason }] })
  test.each([
    ['a prompt that is blocked', blocked],
    ['an answer for its safety', ended('SAFETY')],
    ['an answer for its names', ended('SPII')],
  ])('%s is filtered', async (_what, document) => {
    const text = JSON.stringify(document)
    for (const isStream of MODES) {
      const [type, bytes] = isStream ? ['text/event-stream', `data: ${text}\n\n`] : ['application/json', text]
      server.answer({ status: 200, headers: { 'content-type': type }, bytes })
      expect(await askCompletion(adapterFor(), { model: GEMINI, body: BRIEF, isStream })).toMatchObject({
        choices: [{ finish_reason: 'content_filter', message: { content: '' } }],
      })
    }
  })

  const part = (value: object) => ({ candidates: [{ content: { parts: [value] }, finishReason: 'STOP' }] })
  test.each([
    ['a part', part({ executableCode: { code: 'x' } })],
    ['a part of a text', part({ text: 'x', partMetadata: {} })],
    ['a call in pieces', part({ functionCall: { name: 'a', partialArgs: [] } })],
    ['a reason to end', ended('MALFORMED_FUNCTION_CALL')],
    [
      'an answer from a search',
      { candidates: [{ groundingMetadata: { webSearchQueries: ['x'] }, finishReason: 'STOP' }] },
    ],
    ['a second answer', { candidates: [{ finishReason: 'STOP' }, { finishReason: 'STOP' }] }],
    ['nothing', {}],
  ])('%s of a kind that is not known is no answer', async (_what, document) => {
    const bytes = JSON.stringify(document)
    server.answer({ status: 200, headers: { 'content-type': 'application/json' }, bytes })
    await expect(askText(adapterFor(), { model: GEMINI, body: BRIEF })).rejects.toMatchObject({
      code: 'provider.invalid-answer',
    })
  })

  test('an error inside a stream becomes a code, and its text stays', async () => {
    const bytes = `data: ${JSON.stringify({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: "vendor's text" } })}\n\n`
    server.answer({ status: 200, headers: { 'content-type': 'text/event-stream' }, bytes })
    const ask = askText(adapterFor(), { model: GEMINI, body: BRIEF, isStream: true })
    await expect(ask).rejects.toMatchObject({ code: 'provider.rate-limited' })
    await expect(ask).rejects.not.toThrow(/vendor/)
  })
})

describe('Claude on Vertex (GW-02)', () => {
  test.each(MODES)('gets its own body and is read back, streamed: %s', async (isStream) => {
    server.say(SAID)
    const { seed: _seed, presence_penalty: _p, frequency_penalty: _f, reasoning_effort: _r, ...carried } = FULL
    const body = { ...carried, model: CLAUDE, temperature: 1 }
    expect(await askCompletion(adapterFor(), { model: CLAUDE, body, isStream })).toEqual(completionOf(CLAUDE))
    expect(server.faults).toEqual([])
    expect(server.received[0]?.path).toContain(`/publishers/anthropic/models/claude-sonnet-4-5%4020250929:`)
  })

  test.each(MODES)('is spoken to in its own dialect, streamed: %s', async (isStream) => {
    server.say(SAID)
    const body = { model: CLAUDE, max_tokens: 5, messages: [{ role: 'user', content: 'a' }] }
    const text = await askText(adapterFor(), { model: CLAUDE, body, isStream, endpoint: 'anthropic.messages' })
    expect(server.faults).toEqual([])
    expect(text).toContain(isStream ? 'event: message_stop' : '"type":"message"')
  })
})

describe('how Google knows us (GW-02)', () => {
  test("a service account's key signs a token here, and nobody is asked for one", async () => {
    await askText(adapterFor(), { model: GEMINI, body: BRIEF })
    const { payload } = await jwtVerify(tokens[0] ?? '', publicKey)
    expect(payload).toMatchObject({
      iss: ACCOUNT.client_email,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
    })
  })

  test("a workload identity's subject token is exchanged", async () => {
    const asked: string[] = []
    const exchange = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => asked.push(chunk.toString()))
      request.on('end', () =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            access_token: 'exchanged-token',
            issued_token_type: 'x',
            token_type: 'Bearer',
            expires_in: 60,
          }),
        ),
      )
    })
    exchange.listen(0, '127.0.0.1')
    await once(exchange, 'listening')
    const address = exchange.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const own = await createSecrets({ 'subject.jwt': 'subject-token' })
    const identity = await createSecrets({
      'identity.json': JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `http://127.0.0.1:${port}/v1/token`,
        credential_source: { file: `${own.path}/subject.jwt` },
      }),
    })
    const adapter = adapterFor('identity.json', identity.path)
    try {
      await askText(adapter, { model: GEMINI, body: BRIEF })
      expect(tokens).toEqual(['exchanged-token'])
      expect(asked.join('')).toContain('subject_token=subject-token')
    } finally {
      exchange.close()
      await Promise.all([own.remove(), identity.remove()])
    }
  })

  test.each(['absent.json', 'broken.json', 'program.json'])(
    'credentials that are none are refused: %s',
    async (file) => {
      const ask = askText(adapterFor(file), { model: GEMINI, body: BRIEF })
      await expect(ask).rejects.toMatchObject({ code: 'provider.credentials-refused' })
      expect(server.received).toEqual([])
    },
  )
})

describe('where Vertex answers (GW-02)', () => {
  const at = (url: string | undefined, location: string) =>
    createVertex(targetAt(url, { kind: 'vertex', apiKeyFile: 'google.json', settings: { ...SETTINGS, location } }), {
      secretsDir: secrets.path,
    })
  test.each([
    ['https://us-central1-aiplatform.googleapis.com', 'europe-west4'],
    ['https://aiplatform.googleapis.com', 'europe-west4'],
    ['https://europe-west4-aiplatform.googleapis.com', 'global'],
    ['https://europe-west4-aiplatform.googleapis.com', '../x'],
  ])('%s is not the host of %s', (url, location) => {
    expect(() => at(url, location)).toThrow(expect.objectContaining({ code: 'provider.address-refused' }))
  })

  test('a host in the location of its row is taken', () => {
    expect(() => at('https://europe-west4-aiplatform.googleapis.com', 'europe-west4')).not.toThrow()
    expect(() => at('https://aiplatform.eu.rep.googleapis.com', 'eu')).not.toThrow()
    for (const location of ['europe-west4', 'us', 'global']) expect(() => at(undefined, location)).not.toThrow()
  })
})
