import { ENDPOINTS } from '@breakwater/contract'
import type { ScriptedUpstream } from '@breakwater/testkit'
import { startUpstream } from '@breakwater/testkit'
import { sql } from 'kysely'
import OpenAI, { toFile } from 'openai'
import { afterEach, describe, expect } from 'vitest'
import type { Db } from '../../platform/db/database.ts'
import { createTestApp } from '../../testing/app.ts'
import type { TestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'

const NOTE = 'Patient: Maribel Quintanilla, MRN 4482913. Summarize for Maribel.'
const SECRETS = ['Maribel', 'Quintanilla', '4482913']
const TOKEN = /\b[A-Z]{3,12}[0-9BCDFGHJKLMNPQRSTVWXZ]{12}\b/g
const CHAT = '/v1/chat/completions'
const DAY_MS = 86_400_000

let upstream: ScriptedUpstream
let app: TestApp
let client: OpenAI
afterEach(async () => {
  await app.close()
  await upstream.close()
})

/** A server with a scripted model, and the unmodified client of a service. */
async function start(db: Db): Promise<void> {
  upstream = await startUpstream()
  upstream.answer(({ text }) => {
    const content = `On ${[...new Set(text.match(TOKEN) ?? [])].join(' and ')}. Also John Smith, SSN 078-05-1120, called.`
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
    return { kind: 'whole', document: { id: 'x', object: 'chat.completion', created: 1, model: 'scripted', choices } }
  })
  app = await createTestApp(db)
  const admin = { tenant: app.tenant, id: 'admin' }
  const { providers, agreements } = app.services
  await providers.put(admin, {
    id: 'scripted',
    kind: 'openai-compatible',
    baseUrl: upstream.baseUrl,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: ['scripted'],
  })
  await agreements.put(admin, {
    id: 'scripted',
    kind: 'internal',
    provider: 'scripted',
    endpoints: [...ENDPOINTS],
    models: ['scripted'],
    purposes: ['TREAT', 'HPAYMT'],
    effectiveFrom: app.clock.now(),
    effectiveTo: new Date(app.clock.now().getTime() + 30 * DAY_MS),
  })
  client = clientOf(app.tokens.app)
}

function clientOf(apiKey: string): OpenAI {
  return new OpenAI({
    baseURL: 'http://gateway.example.org/v1',
    apiKey,
    maxRetries: 0,
    defaultHeaders: { 'Breakwater-Purpose': 'TREAT' },
    fetch: async (url, init) => app.request(url instanceof Request ? url.url : String(url), init),
  })
}

const line = (id: string, content = NOTE, extra: object = {}, headers?: object): string =>
  JSON.stringify({
    custom_id: id,
    ...(headers && { headers }),
    method: 'POST',
    url: CHAT,
    body: { model: 'scripted', messages: [{ role: 'user', content }], ...extra },
  })

async function upload(...lines: string[]): Promise<OpenAI.FileObject> {
  const file = await toFile(Buffer.from(lines.join('\n')), 'Maribel-Quintanilla.jsonl')
  return client.files.create({ file, purpose: 'batch' })
}

async function begin(...lines: string[]): Promise<OpenAI.Batches.Batch> {
  const { id } = await upload(...lines)
  return client.batches.create({ input_file_id: id, endpoint: CHAT, completion_window: '24h' })
}

const runAll = async (): Promise<void> => app.lineRunner.run([app.tenant])

interface Result {
  readonly custom_id: string
  readonly response: { readonly status_code: number; readonly body: OpenAI.ChatCompletion } | null
  readonly error: { readonly code: string; readonly message: string } | null
}

async function readResults(id: string | null | undefined): Promise<Result[]> {
  const text = await (await client.files.content(id ?? '')).text()
  return text
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row) as Result)
}

const crossings = async () =>
  (await app.readLedger()).map(({ entry }) => entry).filter(({ kind }) => kind.startsWith('crossing.'))

describe('a batch of the unmodified client (GW-02)', () => {
  test('gets every line masked to the model and restored in its results, with entries of its own', async ({ db }) => {
    await start(db)
    const batch = await begin(line('one'), line('two'), line('three', 'No one here.'))
    expect(batch).toMatchObject({ status: 'in_progress', request_counts: { total: 3, completed: 0, failed: 0 } })
    expect(upstream.received).toEqual([])
    await runAll()
    const ended = await client.batches.retrieve(batch.id)
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 3, failed: 0 } })
    expect(ended.error_file_id).toBeNull()

    expect(upstream.received.map(({ path }) => path)).toEqual([CHAT, CHAT, CHAT])
    for (const { text } of upstream.received) for (const secret of SECRETS) expect(text).not.toContain(secret)
    const results = await readResults(ended.output_file_id)
    expect(results.map((result) => [result.custom_id, result.response?.status_code, result.error])).toEqual([
      ['one', 200, null],
      ['two', 200, null],
      ['three', 200, null],
    ])
    const said = results[0]?.response?.body.choices[0]?.message.content ?? ''
    for (const secret of SECRETS) expect(said).toContain(secret)
    expect(said).not.toMatch(/Smith|078-05/)

    const uuid = batch.id.slice('batch_'.length)
    const entries = await crossings()
    expect(entries.map(({ kind }) => kind).toSorted()).toEqual([
      ...Array<string>(3).fill('crossing.intent'),
      ...Array<string>(3).fill('crossing.outcome'),
    ])
    for (const { codes } of entries) expect(codes).toContain(`batch:${uuid}`)
    expect(new Set(entries.map(({ crossing }) => crossing)).size).toBe(3)
    const kinds = (await app.readLedger()).map(({ entry }) => entry.kind).filter((kind) => kind.startsWith('line-'))
    expect(kinds).toEqual(['line-file.put', 'line-batch.created', 'line-batch.ended', 'line-file.read'])
  })

  test('leaves nothing of it in the clear: not in the database, not in the ledger', async ({ db, migrator }) => {
    await start(db)
    await begin(line('mrn-4482913'))
    await runAll()
    const tables = ['line_files', 'line_file_lines', 'line_batches', 'line_results', 'ledger_entries']
    for (const table of tables) {
      const { rows } = await sql<{
        text: string
      }>`select t::text || encode(convert_to(t::text, 'UTF8'), 'escape') as text
        from ${sql.table(table)} t`.execute(migrator)
      expect([table, rows.length > 0]).toEqual([table, true])
      for (const secret of SECRETS) {
        const hex = Buffer.from(secret).toString('hex')
        for (const { text } of rows) {
          expect(text).not.toContain(secret)
          expect(text).not.toContain(hex)
        }
      }
    }
  })

  test('may name the patient of each line: tokens of one are not those of another (GW-08)', async ({ db }) => {
    await start(db)
    const of = (patient: string, extra: object = {}) => ({ 'Breakwater-Patient': patient, ...extra })
    const record = Buffer.from(JSON.stringify({ identifiers: ['zq-p1'], names: ['Wren Zavatsky'] })).toString('base64')
    const patients = { one: 'p-1', two: 'p-2', again: 'p-1', none: undefined }
    // Lines run in no order of their own; the stop of each tells which one was sent.
    const lines = Object.entries(patients).map(([id, patient]) =>
      line(id, NOTE, { stop: `end-${id}` }, patient === undefined ? undefined : of(patient)),
    )
    const batch = await begin(...lines, line('known', 'zavatsky wren', { stop: 'end-known' }, of(`:${record}:`)))
    await runAll()
    const sentFor = (id: string): string =>
      upstream.received.find(({ text }) => text.includes(`end-${id}"`))?.text ?? ''
    const tokensOf = (id: string): string => [...new Set(sentFor(id).match(TOKEN))].join(' ')
    expect(tokensOf('one')).toBe(tokensOf('again'))
    expect(new Set(['one', 'two', 'none'].map(tokensOf)).size).toBe(3)
    expect(sentFor('known')).not.toMatch(/zavatsky|wren/i)
    const results = await readResults((await client.batches.retrieve(batch.id)).output_file_id)
    expect(results).toHaveLength(5)
    for (const { custom_id: id, response } of results) {
      expect(response?.body.choices[0]?.message.content, id).toContain(id === 'known' ? 'zavatsky' : 'Maribel')
    }
  })

  test('adds the labels of a line to those of its batch (GW-11)', async ({ db }) => {
    await start(db)
    const { id } = await upload(line('free'), line('labelled', NOTE, {}, { 'breakwater-labels': 'region:eu' }))
    const batch = await client.batches.create({ input_file_id: id, endpoint: CHAT, completion_window: '24h' })
    await runAll()
    const { output_file_id: output, error_file_id: errors } = await client.batches.retrieve(batch.id)
    expect((await readResults(output)).map(({ custom_id: of }) => of)).toEqual(['free'])
    expect((await readResults(errors)).map(({ custom_id: of, error }) => [of, error?.code])).toEqual([
      ['labelled', 'policy.denied'],
    ])
    expect(upstream.received).toHaveLength(1)
  })

  test('is its owner’s alone: others find neither file nor batch', async ({ db }) => {
    await start(db)
    const batch = await begin(line('one'))
    await runAll()
    const { output_file_id: output } = await client.batches.retrieve(batch.id)
    const admin = { tenant: app.tenant, id: 'admin' }
    await app.services.principals.put(admin, {
      id: 'other',
      kind: 'service',
      roles: ['application'],
      purposes: ['TREAT'],
      mayRestore: true,
    })
    const { token } = await app.services.principals.issueToken(admin, 'other', {
      ttlSeconds: 3_600,
      ranges: ['::1/128'],
    })
    const other = clientOf(token)
    await expect(other.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404 })
    await expect(other.files.content(output ?? '')).rejects.toMatchObject({ status: 404 })
    await expect(other.files.delete(batch.input_file_id)).rejects.toMatchObject({ status: 404 })
    expect((await other.batches.list()).data).toEqual([])
    expect((await client.batches.list()).data.map(({ id }) => id)).toEqual([batch.id])
    await expect(clientOf(app.tokens.admin).batches.list()).rejects.toMatchObject({ status: 403 })
  })
})

describe('a file of lines', () => {
  test.for([
    ['not JSON', '{"custom_id": Maribel', 'body.invalid-json', '/2'],
    [
      'a member nobody declared',
      '{"custom_id":"b","method":"POST","url":"/v1/x","body":{},"Maribel":1}',
      'body.invalid',
      '/2',
    ],
    ['a member twice', line('b').replace('"method"', '"custom_id":"c","method"'), 'body.invalid', '/2'],
    [
      'a header that is its batch’s to say',
      line('b', NOTE, {}, { 'breakwater-purpose': 'TREAT' }),
      'body.invalid',
      '/2/headers',
    ],
    [
      'a patient that is no record',
      line('b', NOTE, {}, { 'breakwater-patient': ':bm8=:' }),
      'body.invalid',
      '/2/headers/Breakwater-Patient',
    ],
    ['another method', line('b').replace('"POST"', '"GET"'), 'body.invalid', '/2/method'],
    ['an endpoint that is not run', line('b').replace(CHAT, '/v1/images/generations'), 'body.invalid', '/2/url'],
    ['the same id again', line('one'), 'body.invalid', '/2/custom_id'],
    ['a stream', line('b', 'Maribel', { stream: true }), 'body.invalid', '/2/stream'],
    ['a body its endpoint refuses', line('b', 'Maribel', { logprobs: true }), 'body.feature-refused', '/2/logprobs'],
    ['a key twice in its body', line('b').replace('"model"', '"model":"m","model"'), 'body.duplicate-key', '/2/model'],
  ] as const)(
    'with %s is refused by line and rule, and nothing of it is kept',
    async ([, bad, code, field], { db, migrator }) => {
      await start(db)
      const refused = await upload(line('one'), bad).catch((thrown: unknown) => thrown)
      expect(refused).toMatchObject({ status: 400, code, param: field })
      expect(String(Object(refused).message)).toMatch(/line 2/)
      expect(String(Object(refused).message)).not.toContain('Maribel')
      const { rows } = await sql`select id from line_files`.execute(migrator)
      expect(rows).toEqual([])
    },
  )

  test('keeps a body as it was written, digit for digit', async ({ db }) => {
    await start(db)
    await begin(line('one', 'hello').replace('"messages"', '"top_p":1.0,"seed":9007199254740993,"messages"'))
    await runAll()
    expect(upstream.received[0]?.text).toMatch(/"top_p":1\.0,"seed":9007199254740993/)
  })

  test('is gone when deleted, and after a day', async ({ db, migrator }) => {
    await start(db)
    const batch = await begin(line('one'))
    await expect(client.files.delete(batch.input_file_id)).rejects.toMatchObject({ status: 409 })
    await runAll()
    expect(await client.files.delete(batch.input_file_id)).toMatchObject({ deleted: true })
    await expect(client.files.retrieve(batch.input_file_id)).rejects.toMatchObject({ status: 404 })
    app.clock.set('2026-06-02T12:00:01.000Z')
    const { output_file_id: output } = await client.batches.retrieve(batch.id)
    await expect(client.files.content(output ?? '')).rejects.toMatchObject({ status: 404 })
    await app.lineRunner.sweep(app.tenant, 480)
    for (const table of ['line_files', 'line_file_lines', 'line_batches', 'line_results']) {
      expect((await sql`select 1 from ${sql.table(table)}`.execute(migrator)).rows).toEqual([])
    }
  })
})

describe('each line is decided when its turn comes', () => {
  test('a token that was revoked meanwhile runs nothing, and the ledger tells', async ({ db }) => {
    await start(db)
    const admin = { tenant: app.tenant, id: 'admin' }
    const { token, sha256 } = await app.services.principals.issueToken(admin, 'app', {
      ttlSeconds: 3_600,
      ranges: ['::1/128'],
    })
    const mine = client
    client = clientOf(token)
    const batch = await begin(line('one'))
    client = mine
    await app.services.principals.revokeToken(admin, 'app', sha256)
    await runAll()
    expect(upstream.received).toEqual([])
    const ended = await client.batches.retrieve(batch.id)
    expect(ended).toMatchObject({ status: 'completed', request_counts: { completed: 0, failed: 1 } })
    expect(await readResults(ended.error_file_id)).toMatchObject([
      { custom_id: 'one', response: { status_code: 401 }, error: { code: 'auth.invalid' } },
    ])
    expect((await crossings()).map(({ kind, principal, codes }) => [kind, principal, codes[0]])).toEqual([
      ['crossing.refused', 'app', 'auth.invalid'],
    ])
  })

  test('an agreement that ended meanwhile covers nothing', async ({ db }) => {
    await start(db)
    const batch = await begin(line('one'))
    await app.services.agreements.terminate({ tenant: app.tenant, id: 'admin' }, 'scripted')
    await runAll()
    expect(upstream.received).toEqual([])
    const { error_file_id: errors } = await client.batches.retrieve(batch.id)
    expect(await readResults(errors)).toMatchObject([
      { response: { status_code: 403 }, error: { code: 'agreement.none-in-force' } },
    ])
  })

  test('a cancelled batch begins no more', async ({ db }) => {
    await start(db)
    const batch = await begin(line('one'), line('two'))
    expect((await client.batches.cancel(batch.id)).status).toBe('cancelling')
    await runAll()
    expect((await client.batches.retrieve(batch.id)).status).toBe('cancelled')
    expect(upstream.received).toEqual([])
  })

  test('what has not run when the window ends never does', async ({ db }) => {
    await start(db)
    const batch = await begin(line('one'))
    app.clock.set('2026-06-02T12:00:00.000Z')
    await runAll()
    expect(upstream.received).toEqual([])
    client = clientOf(
      (
        await app.services.principals.issueToken({ tenant: app.tenant, id: 'admin' }, 'app', {
          ttlSeconds: 3_600,
          ranges: ['::1/128'],
        })
      ).token,
    )
    const ended = await client.batches.retrieve(batch.id)
    expect(ended.status).toBe('expired')
    expect(await readResults(ended.error_file_id)).toMatchObject([
      { custom_id: 'one', response: null, error: { code: 'batch.expired' } },
    ])
  })
})

describe('after a crash', () => {
  test('a line that was under way is told as unknown and never run again, and the rest goes on', async ({
    db,
    migrator,
  }) => {
    await start(db)
    const batch = await begin(line('one'), line('two'))
    const id = batch.id.slice('batch_'.length)
    await sql`update line_results set state = 'running', claimed_at = ${app.clock.now()}
      where batch = ${id} and number = 1`.execute(migrator)
    await runAll()
    expect(upstream.received).toHaveLength(1)
    expect((await client.batches.retrieve(batch.id)).status).toBe('in_progress')
    await app.lineRunner.sweep(app.tenant, 0)
    await runAll()
    expect(upstream.received).toHaveLength(1)
    const ended = await client.batches.retrieve(batch.id)
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 1, failed: 1 } })
    expect(await readResults(ended.error_file_id)).toMatchObject([
      { custom_id: 'one', response: null, error: { code: 'batch.unknown' } },
    ])
  })

  test('two programs never run one line twice', async ({ db }) => {
    await start(db)
    await begin(...Array.from({ length: 12 }, (_, at) => line(`id-${at}`, `note ${at}`)))
    const second = await createTestApp(db, { keyring: app.keyring, keyProviders: app.keyProviders })
    await Promise.all([runAll(), second.lineRunner.run([app.tenant])])
    await runAll()
    expect(upstream.received).toHaveLength(12)
    await second.close()
  })
})
