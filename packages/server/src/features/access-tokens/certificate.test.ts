// Before everything else: @peculiar/x509 does not load without it.
import 'reflect-metadata'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { decodeJwt } from 'jose'
import { describe, expect } from 'vitest'
import { startTlsServer } from '../../platform/http/server.ts'
import { ensureServerIdentity } from '../../platform/tls/local-ca.ts'
import { exportPrivateKey, makeKeyPair } from '../../platform/tls/make-identity.ts'
import { createTestApp } from '../../testing/app.ts'
import { test } from '../../testing/database.ts'

const SPIFFE = 'spiffe://hospital.example/ward-app'

interface ClientCertificate {
  readonly cert: string
  readonly key: string
  readonly sha256: string
}

/** An authority, and certificates of clients that it signs. */
async function makeAuthority() {
  const keys = await makeKeyPair({ isExtractable: true })
  const dates = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
  const issuer = 'CN=Test authority of clients'
  const ca = await X509CertificateGenerator.create({
    ...dates,
    issuer,
    subject: issuer,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  })
  return {
    ca: ca.toString('pem'),
    async issue(): Promise<ClientCertificate> {
      const own = await makeKeyPair({ isExtractable: true })
      const made = await X509CertificateGenerator.create({
        ...dates,
        issuer,
        subject: 'CN=ward-app',
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
          new SubjectAlternativeNameExtension([{ type: 'url', value: SPIFFE }]),
        ],
      })
      const sha256 = createHash('sha256').update(Buffer.from(made.rawData)).digest('base64url')
      return { cert: made.toString('pem'), key: await exportPrivateKey(own.privateKey), sha256 }
    },
  }
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function withServer(
  db: Parameters<typeof createTestApp>[0],
  work: (tools: {
    app: Awaited<ReturnType<typeof createTestApp>>
    authority: Awaited<ReturnType<typeof makeAuthority>>
    send: (options: {
      by?: ClientCertificate
      path: string
      headers?: Record<string, string>
      form?: Record<string, string>
    }) => Promise<Answer>
  }) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-mtls-'))
  const app = await createTestApp(db)
  const authority = await makeAuthority()
  const { certificate, key, caFile } = await ensureServerIdentity(dir, { now: () => new Date() })
  const ca = await readFile(caFile, 'utf8')
  const options = { fetch: app.fetch, hostname: '127.0.0.1', port: 0, certificate, key, clientCa: authority.ca }
  const server = await startTlsServer(options)
  try {
    await work({
      app,
      authority,
      send: ({ by, path, headers = {}, form }) =>
        new Promise((resolve, reject) => {
          const sent = request(
            {
              host: '127.0.0.1',
              port: server.port,
              servername: 'localhost',
              ca,
              path,
              agent: false,
              method: form ? 'POST' : 'GET',
              headers: { ...headers, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
              ...(by && { cert: by.cert, key: by.key }),
            },
            (answer) => {
              let text = ''
              answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
              answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Object(JSON.parse(text)) }))
            },
          )
          sent.on('error', reject)
          sent.end(form && new URLSearchParams(form).toString())
        }),
    })
  } finally {
    await server.drain(0)
    await rm(dir, { recursive: true, force: true })
  }
}

describe('a token that is bound to a client certificate (RFC 8705)', () => {
  const FORM = { grant_type: 'client_credentials', client_id: 'default.app' }
  const WHOAMI = '/api/v1/whoami'

  test.for(['certificates', 'certificateUris'])(
    'serves with the certificate registered in %s, on that connection alone (AC-07, AC-13)',
    async (field, { db }) => {
      await withServer(db, async ({ app, authority, send }) => {
        const [own, other] = [await authority.issue(), await authority.issue()]
        const registered = field === 'certificates' ? { certificates: [own.sha256] } : { certificateUris: [SPIFFE] }
        await app.call(app.tokens.admin, 'PUT', '/api/v1/services/app', { scopes: ['cross'], ...registered })
        const { status, body } = await send({ by: own, path: '/oauth2/token', form: FORM })
        expect([status, body['token_type']]).toEqual([200, 'Bearer'])
        const token = String(body['access_token'])
        expect(decodeJwt(token)['cnf']).toEqual({ 'x5t#S256': own.sha256 })
        const headers = { authorization: `Bearer ${token}` }
        expect((await send({ by: own, path: WHOAMI, headers })).status).toBe(200)
        expect((await send({ by: other, path: WHOAMI, headers })).body['type']).toBe('/errors/auth.proof-refused')
        expect((await send({ path: WHOAMI, headers })).body['type']).toBe('/errors/auth.proof-refused')
        // A certificate that a header tells of is nobody's.
        const told = { ...headers, 'x-client-cert': own.cert.replaceAll('\n', ' '), 'client-cert': `:${own.sha256}:` }
        expect((await send({ path: WHOAMI, headers: told })).body['type']).toBe('/errors/auth.proof-refused')
        // Taken from the client, it is over for the tokens too.
        await app.call(app.tokens.admin, 'PUT', '/api/v1/services/app', { scopes: ['cross'] })
        expect((await send({ by: own, path: WHOAMI, headers })).body['type']).toBe('/errors/auth.proof-refused')
      })
    },
  )

  test('is not had with a certificate of another authority, of no client, or of a header (AC-13)', async ({ db }) => {
    await withServer(db, async ({ app, authority, send }) => {
      const own = await authority.issue()
      const foreign = await (await makeAuthority()).issue()
      const certificates = [own.sha256, foreign.sha256]
      await app.call(app.tokens.admin, 'PUT', '/api/v1/services/app', { scopes: ['cross'], certificates })
      for (const by of [foreign, undefined]) {
        const headers = { 'x-client-cert': own.cert.replaceAll('\n', ' ') }
        const refused = await send({ ...(by && { by }), path: '/oauth2/token', form: FORM, headers })
        expect([refused.status, refused.body['error']]).toEqual([401, 'invalid_client'])
      }
      const stranger = await send({ by: await authority.issue(), path: '/oauth2/token', form: FORM })
      expect([stranger.status, stranger.body['code']]).toEqual([401, 'auth.client-refused'])
      expect((await send({ by: own, path: '/oauth2/token', form: FORM })).status).toBe(200)
    })
  })
})
