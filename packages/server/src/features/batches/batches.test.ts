import { createHash, generateKeyPairSync, randomUUID, sign, verify, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect } from 'vitest'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'
import { makeKey, ORIGIN, registerService } from '../../testing/service.ts'
import { makeSignatureBase, parseSignature, parseSignatureInput } from './signature-input.ts'

const PATH = '/api/v1/batches'
const NOW = 1_780_315_200
const MANIFEST = {
  purpose: 'TREAT',
  model: 'demo',
  documents: [{ id: '4b4e2c1e-1d3f-4a57-9c2a-0d9b1f6b7a11', sha256: 'ab'.repeat(32), sizeBytes: 2_048 }],
}

interface Changes {
  readonly created?: number
  readonly nonce?: string
  readonly components?: string
  readonly tag?: string
  readonly keyid?: string
  readonly signed?: string
  readonly sent?: string
  readonly by?: KeyObject
  readonly path?: string
  readonly without?: string
  readonly signedPath?: string
}

async function setUp(
  db: Parameters<typeof createTestApp>[0],
  algorithm: 'ES256' | 'EdDSA' | 'ES384' | 'PS256' = 'ES256',
) {
  const app = await createTestApp(db)
  const make = {
    ES256: ['ec', { namedCurve: 'P-256' }],
    ES384: ['ec', { namedCurve: 'P-384' }],
    EdDSA: ['ed25519', {}],
    PS256: ['rsa', { modulusLength: 3_072 }],
  } as const
  const [type, options] = make[algorithm]
  const { privateKey, publicKey } = generateKeyPairSync(type as 'ec', options as { namedCurve: string })
  const jwk = { ...Object(publicKey.export({ format: 'jwk' })), ...(algorithm === 'PS256' && { alg: 'PS256' }) }
  const kid = await calculateJwkThumbprint(jwk)
  const service = await registerService(app, {
    scopes: ['submitBatch', 'cross'],
    key: { ...(await makeKey()), jwk, kid },
  })
  // The assertions are signed by a key of their own: several keys, one client.
  const own = await makeKey()
  await app.call(app.tokens.admin, 'POST', '/api/v1/services/app/keys', { jwk: own.jwk })
  const token = Object(
    await (await service.ask({ client_assertion: await service.assertion({}, {}, own) })).json(),
  ).access_token

  async function submit(changes: Changes = {}): Promise<[number, string]> {
    const body = changes.signed ?? JSON.stringify(MANIFEST)
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
    const components = changes.components ?? '"@method" "@target-uri" "content-type" "content-digest"'
    const params = `(${components});created=${changes.created ?? NOW};keyid="${changes.keyid ?? kid}";nonce="${changes.nonce ?? randomUUID()}";tag="${changes.tag ?? 'breakwater-batch'}"`
    const values: Record<string, string> = {
      '@method': 'POST',
      '@target-uri': `${ORIGIN}${changes.signedPath ?? PATH}`,
      'content-type': 'application/json',
      'content-digest': digest,
    }
    const input = parseSignatureInput(`sig1=${params}`)
    const base = makeSignatureBase({ components: input?.components ?? [], params }, (name) => values[name] ?? '')
    const key = changes.by ?? privateKey
    const [hash, extra] = {
      ES256: ['sha256', { dsaEncoding: 'ieee-p1363' }],
      ES384: ['sha384', { dsaEncoding: 'ieee-p1363' }],
      EdDSA: [null, {}],
      PS256: ['sha512', { padding: 6, saltLength: 64 }],
    }[algorithm] as [string | null, object]
    const signature = sign(hash, Buffer.from(base ?? ''), { key, ...extra }).toString('base64')
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'content-digest': digest,
      'signature-input': `sig1=${params}`,
      signature: `sig1=:${signature}:`,
      authorization: `DPoP ${token}`,
      dpop: await service.proof('POST', `${ORIGIN}${PATH}`, token),
    }
    if (changes.without) delete headers[changes.without]
    const answer = await app.request(changes.path ?? PATH, { method: 'POST', headers, body: changes.sent ?? body })
    const told = Object(await answer.json())
    return [answer.status, String(told.type ?? told.state).replace('/errors/', '')]
  }
  return { app, service, token, submit }
}

describe('a signed batch', () => {
  test.for(['ES256', 'ES384', 'EdDSA', 'PS256'] as const)(
    'is received when it is signed with %s (EN-12)',
    async (algorithm, { db, migrator }) => {
      const { app, submit } = await setUp(db, algorithm)
      expect(await submit()).toEqual([200, 'received'])
      const rows = await migrator
        .withTables<{ batches: { client: string; manifest: string; documents: number } }>()
        .selectFrom('batches')
        .select(['client', 'manifest', 'documents'])
        .execute()
      expect(rows).toEqual([{ client: 'app', manifest: JSON.stringify(MANIFEST), documents: 1 }])
      expect((await app.readLedger()).at(-1)?.entry).toMatchObject({
        kind: 'batch.received',
        principal: 'app',
        decision: 'allow',
      })
    },
  )

  test('is received once, on all replicas (EN-12)', async ({ db }) => {
    const { submit } = await setUp(db)
    const nonce = randomUUID()
    const answers = await Promise.all([submit({ nonce }), submit({ nonce }), submit({ nonce })])
    expect(answers.filter(([status]) => status === 200)).toHaveLength(1)
    expect(answers.filter(([, code]) => code === 'signature.replayed')).toHaveLength(2)
    expect(await submit()).toEqual([200, 'received'])
  })

  const altered = JSON.stringify({ ...MANIFEST, model: 'other' })
  test.for<[string, Changes, string]>([
    ['whose body was altered', { sent: altered }, 'signature.digest-mismatch'],
    ['made 301 seconds ago', { created: NOW - 301 }, 'signature.stale'],
    ['made 6 seconds from now', { created: NOW + 6 }, 'signature.stale'],
    ['without a signature', { without: 'signature' }, 'signature.missing'],
    ['without its input', { without: 'signature-input' }, 'signature.missing'],
    ['without a digest', { without: 'content-digest' }, 'signature.missing'],
    [
      'signed by another key',
      { by: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
      'signature.invalid',
    ],
    ['by an unknown key', { keyid: 'A'.repeat(43) }, 'signature.invalid'],
    ['for another address', { signedPath: '/api/v1/other' }, 'signature.invalid'],
    ['with a query that was not signed', { path: `${PATH}?dry=1` }, 'signature.invalid'],
    ['that leaves the body out', { components: '"@method" "@target-uri" "content-type"' }, 'signature.invalid'],
    ['that leaves the address out', { components: '"@method" "content-type" "content-digest"' }, 'signature.invalid'],
    ['for another end', { tag: 'something-else' }, 'signature.invalid'],
    ['with a short nonce', { nonce: 'abc' }, 'signature.invalid'],
    [
      'with a component twice',
      { components: '"@method" "@method" "@target-uri" "content-type" "content-digest"' },
      'signature.invalid',
    ],
  ])('%s is refused, and nothing is kept (EN-12)', async ([, changes, code], { db, migrator }) => {
    const { submit } = await setUp(db)
    expect(await submit(changes)).toEqual([401, code])
    const rows = await migrator
      .withTables<{ batches: { client: string } }>()
      .selectFrom('batches')
      .select('client')
      .execute()
    expect(rows).toEqual([])
    expect(await submit()).toEqual([200, 'received'])
  })

  test('is refused when it holds more than ids and hashes, and for a purpose of others', async ({ db }) => {
    const { submit } = await setUp(db)
    const text = { ...MANIFEST, documents: [{ ...MANIFEST.documents[0], text: 'Jane Roe' }] }
    expect(await submit({ signed: JSON.stringify(text) })).toEqual([400, 'body.invalid'])
    expect(await submit({ signed: JSON.stringify({ ...MANIFEST, purpose: 'HRESCH' }) })).toEqual([
      403,
      'purpose.not-permitted',
    ])
  })

  test('is no business of an API key, which has no key to sign with', async ({ db }) => {
    const { app } = await setUp(db)
    const refused = await app.call(app.tokens.app, 'POST', PATH, MANIFEST)
    expect(Object(await refused.json()).type).toBe('/errors/signature.missing')
  })
})

test('the signature base is the one of RFC 9421, appendix B.2.6', () => {
  const params =
    '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"'
  const values: Record<string, string> = {
    date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    '@method': 'POST',
    '@path': '/foo',
    '@authority': 'example.com',
    'content-type': 'application/json',
    'content-length': '18',
  }
  const components = ['date', '@method', '@path', '@authority', 'content-type', 'content-length']
  const base = makeSignatureBase({ components, params }, (name) => values[name] ?? null) ?? ''
  const header = 'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:'
  const signature = parseSignature(header, 'sig-b26') ?? Buffer.alloc(0)
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs' }
  expect(verify(null, Buffer.from(base), createPublicKey({ key: jwk, format: 'jwk' }), signature)).toBe(true)
})
