import { afterEach, describe, expect } from 'vitest'
import { AppError } from '@breakwater/kernel'
import { createTestCrossing } from '../testing/crossing.ts'
import type { TestCrossing } from '../testing/crossing.ts'
import { test } from '../testing/database.ts'

let crossing: TestCrossing
afterEach(async () => crossing.close())

const user = (content: unknown): object => ({ model: 'scripted', messages: [{ role: 'user', content }] })
const PATH = '/v1/chat/completions'

interface Refused {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string
  }
}

const partsOf = (...texts: readonly string[]): unknown => texts.map((text) => ({ type: 'text', text }))
const HIDDEN_NUMBER = JSON.stringify(user('a')).replace(/\}$/, ',"metadata":{"a":4.4829130e7}}')
const BIASED = { ...user('a'), logit_bias: { 5: 44829130 } }
const IMAGES = { model: 'scripted', messages: [{ role: 'user', content: 'a', images: ['aGVsbG8='] }] }

const BODIES: readonly (readonly [string, number, string, unknown])[] = [
  ['a body over the limit', 413, 'body.too-large', user('x'.repeat(1_048_577))],
  ['deep nesting', 400, 'body.too-deep', `{"model":"scripted","a":${'['.repeat(70)}${']'.repeat(70)}}`],
  ['bytes that are no UTF-8', 400, 'body.invalid-utf8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['no JSON', 400, 'body.invalid-json', '{"model":'],
  ['the same key twice', 400, 'body.duplicate-key', '{"model":"scripted","model":"scripted"}'],
  ['no object', 400, 'body.invalid', '[]'],
  ['a model that is no string', 400, 'body.invalid', { model: 7, messages: [] }],
  ['no messages', 400, 'body.invalid', { model: 'scripted', messages: [] }],
  ['a message without a role', 400, 'body.invalid', { model: 'scripted', messages: [{ content: 'a' }] }],
  ['too many choices', 400, 'body.invalid', { ...user('a'), n: 17 }],
  ['text where a number belongs', 400, 'body.invalid', { ...user('a'), temperature: 'ada.vance@example.org' }],
  ['a number where text belongs', 400, 'body.invalid', { ...user('a'), user: 44829130 }],
  ['a list where an object belongs', 400, 'body.invalid', { ...user('a'), metadata: ['ada.vance@example.org'] }],
  ['an image', 415, 'body.media-refused', user([{ type: 'image_url', image_url: { url: 'x' } }])],
  ['a stored answer', 400, 'body.feature-refused', { ...user('a'), store: true }],
  ['a hosted tool', 400, 'body.feature-refused', { ...user('a'), tools: [{ type: 'web_search' }] }],
  ['a key that identifies', 400, 'body.key-identifies', { ...user('a'), metadata: { 'ada.vance@example.org': 'x' } }],
  ['a number that identifies', 400, 'body.number-identifies', { ...user('a'), metadata: { mrn: 44829130 } }],
  ['a number that identifies behind an exponent', 400, 'body.number-identifies', HIDDEN_NUMBER],
  ['a setting in the shape of a number of somebody', 400, 'body.number-identifies', { ...user('a'), top_p: 44829130 }],
  ['a limit that no model has', 400, 'body.invalid', { ...user('a'), max_tokens: 44829130 }],
  ['a bias in the shape of a number of somebody', 400, 'body.number-identifies', BIASED],
  ['other models to fall back to', 400, 'body.feature-refused', { ...user('a'), models: ['another'] }],
  ['another address', 400, 'body.feature-refused', { ...user('a'), api_base: 'https://example.org' }],
  ['an image as base64', 415, 'body.media-refused', user(`iVBORw0KGgo${'A'.repeat(400)}=`)],
  ['an image beside the text', 415, 'body.media-refused', IMAGES],
  ['a number cut over two parts', 422, 'residual.found', user(partsOf('the code 219-09', '-9999 is hers'))],
  ['hidden text behind a flag', 403, 'guard.input-blocked', user(`\u{1f3f4}\u{e0041}\u{e0042}\u{e007f}`)],
  ['hidden text in selectors', 403, 'guard.input-blocked', user(`a\u{e0141}\u{e0142}\u{e0143}`)],
  ['hidden text', 403, 'guard.input-blocked', user(`fine\u{e0041}\u{e0042}`)],
  ['a model nobody serves', 404, 'provider.unknown-model', { ...user('a'), model: 'ada.vance@example.org' }],
]

describe('a body is refused, recorded, and never forwarded', () => {
  for (const [name, status, code, body] of BODIES) {
    test(`with ${name}: ${code}`, async ({ db }) => {
      crossing = await createTestCrossing(db)
      const answer = await crossing.send(PATH, body)
      const text = await answer.text()
      expect(answer.status).toBe(status)
      expect((JSON.parse(text) as Refused).error).toMatchObject({ code, type: 'invalid_request_error' })
      expect(text).not.toMatch(/ada\.vance|44829130/)
      expect(await crossing.entries()).toMatchObject([{ kind: 'crossing.refused', decision: 'deny', codes: [code] }])
      expect(crossing.upstream.connections()).toBe(0)
    })
  }
})

describe('a purpose of use (GW-06)', () => {
  const status = async (purpose: string | undefined, path = PATH): Promise<string> => {
    const answer = await crossing.send(path, user('a'), purpose === undefined ? {} : { 'breakwater-purpose': purpose })
    const body = (await answer.json()) as Partial<Refused> & { readonly type?: string }
    return `${answer.status} ${body.error?.code ?? body.type ?? ''}`
  }

  test('is one the principal may use, with an agreement in force that covers it', async ({ db }) => {
    crossing = await createTestCrossing(db)
    expect(await status(undefined)).toBe('200 ')
    expect(await status('HPAYMT')).toBe('200 ')
    expect(await status('HOPERAT')).toBe('403 agreement.none-in-force')
    expect(await status('HRESCH')).toBe('403 purpose.not-permitted')
    expect(await status('CURIOSITY')).toBe('400 purpose.unknown')
    expect(await status('HRESCH', '/api/v1/preview')).toBe('403 /errors/purpose.not-permitted')
    crossing.app.clock.set('2026-06-02T12:00:01.000Z')
    expect(await status('TREAT')).toBe('403 agreement.none-in-force')
  })

  test('must be stated when there is no default, and be among the permitted', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { services, tenant } = crossing.app
    const actor = { tenant, id: 'admin' }
    await services.principals.put(actor, {
      id: 'clerk',
      kind: 'service',
      roles: ['application'],
      purposes: ['HPAYMT'],
      mayRestore: false,
    })
    const { token } = await services.principals.issueToken(actor, 'clerk', { ttlSeconds: 60 })
    const send = async (headers: Record<string, string>): Promise<number> =>
      (await crossing.send(PATH, user('a'), { authorization: `Bearer ${token}`, ...headers })).status
    expect(await send({})).toBe(400)
    expect(await send({ 'breakwater-purpose': 'TREAT' })).toBe(403)
    expect(await send({ 'breakwater-purpose': 'HPAYMT' })).toBe(200)
    expect((await crossing.entries()).flatMap(({ codes }) => codes)).toEqual([
      'purpose.missing',
      'purpose.not-permitted',
    ])
  })
})

describe('a caller', () => {
  test('nobody knows is refused without a trace of the body, and not in the ledger (AC-13)', async ({ db }) => {
    crossing = await createTestCrossing(db)
    for (const authorization of ['', 'Basic abc', 'Bearer nobody', `Bearer bw_default_${'x'.repeat(43)}`]) {
      const answer = await crossing.send(PATH, user('a'), { authorization })
      expect(answer.status).toBe(401)
      expect(((await answer.json()) as Refused).error.code).toMatch(/^auth\.(?:missing|invalid)$/)
    }
    expect(await crossing.entries()).toEqual([])
    expect(crossing.upstream.connections()).toBe(0)
  })

  test('that sets the rules may not cross', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const headers = { authorization: `Bearer ${crossing.app.tokens.admin}`, 'breakwater-purpose': 'TREAT' }
    expect((await crossing.send(PATH, user('a'), headers)).status).toBe(403)
  })

  test('that may not restore gets tokens, and its own literals back', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const { services, tenant } = crossing.app
    const actor = { tenant, id: 'admin' }
    await services.principals.put(actor, {
      id: 'viewer',
      kind: 'service',
      roles: ['application'],
      purposes: ['TREAT'],
      defaultPurpose: 'TREAT',
      mayRestore: false,
    })
    const { token } = await services.principals.issueToken(actor, 'viewer', { ttlSeconds: 60 })
    const headers = { authorization: `Bearer ${token}` }
    const ask = async (content: string): Promise<string> => {
      const answer = await crossing.send(PATH, { model: 'demo', messages: [{ role: 'user', content }] }, headers)
      const body = (await answer.json()) as { choices: { message: { content: string } }[] }
      return body.choices[0]?.message.content ?? ''
    }
    const first = await ask('Mrs. Maribel Quintanilla feels well.')
    expect(first).not.toContain('Quintanilla')
    const [own = ''] = first.match(/NAME[0-9B-DF-HJ-NP-TV-XZ]{12}/) ?? []
    expect(await ask(`Who is ${own}?`)).toContain(own)
  })

  test('is told of unknown endpoints in the shape of the house, and it is recorded', async ({ db }) => {
    crossing = await createTestCrossing(db)
    const answer = await crossing.send('/v1/images/generations', { prompt: 'a' })
    expect(answer.status).toBe(404)
    expect(((await answer.json()) as Refused).error.code).toBe('route.unknown')
    expect(await crossing.entries()).toMatchObject([{ kind: 'crossing.refused', codes: ['route.unknown'] }])
    expect((await crossing.send('/v1/images/generations', {}, { authorization: '' })).status).toBe(401)
  })
})

describe('nothing is forwarded', () => {
  const failing = (code: AppError['code']): (() => never) => {
    return () => {
      throw new AppError(code, { message: 'planted' })
    }
  }

  test('when the detector fails', async ({ db }) => {
    crossing = await createTestCrossing(db, {
      engine: {
        plan: () => {
          throw new Error('planted')
        },
      },
    })
    expect((await crossing.send(PATH, user('a'))).status).toBe(503)
    expect(await crossing.entries()).toMatchObject([{ kind: 'crossing.refused', codes: ['detector.unavailable'] }])
    expect(crossing.upstream.connections()).toBe(0)
  })

  test('when the policy engine, the agreements, the keys or the ledger fail', async ({ db }) => {
    for (const changes of [
      { policy: { decide: failing('policy.unavailable'), decideRestore: failing('policy.unavailable') } },
      { agreements: { requireInForce: failing('database.unavailable') } },
      {
        keyring: {
          currentVersion: failing('keys.unavailable'),
          currentSince: failing('keys.unavailable'),
          deriveMac: failing('keys.unavailable'),
        },
      },
      { ledger: { append: failing('ledger.unavailable') } },
    ]) {
      crossing = await createTestCrossing(db, changes)
      expect((await crossing.send(PATH, user('a'))).status).toBe(503)
      expect(crossing.upstream.connections()).toBe(0)
      await crossing.close()
    }
    crossing = await createTestCrossing(db)
  })

  test('when masking left an identifier: the residual scan names the field', async ({ db }) => {
    crossing = await createTestCrossing(db, { engine: { plan: (texts) => texts.map(() => []) } })
    const answer = await crossing.send(PATH, user('reach ada.vance@example.org'))
    expect(answer.status).toBe(422)
    const text = await answer.text()
    expect((JSON.parse(text) as Refused).error).toMatchObject({ code: 'residual.found', param: '/messages/0/content' })
    expect(text).not.toContain('ada.vance')
    expect(crossing.upstream.connections()).toBe(0)
  })
})
