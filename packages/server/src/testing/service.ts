import { createHash, randomUUID } from 'node:crypto'
import { ASSERTION_TYPE } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JWK } from 'jose'
import type { TestApp } from './app.ts'

export const ORIGIN = 'https://localhost:8443'
export const TOKEN_URL = `${ORIGIN}/oauth2/token`

/** A key pair of a service: what it registers, and what it signs with. */
export interface TestKey {
  readonly jwk: JWK
  readonly kid: string
  readonly algorithm: string
  sign(header: object, claims: object): Promise<string>
}

export async function makeKey(algorithm = 'ES256'): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 3_072 })
  const exported = await exportJWK(publicKey)
  const jwk = { ...exported, ...(exported.kty === 'RSA' && { alg: algorithm }) }
  const kid = await calculateJwkThumbprint(jwk)
  const sign: TestKey['sign'] = (header, claims) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: algorithm, ...header }).sign(privateKey)
  return { jwk, kid, algorithm, sign }
}

/** A service as OAuth's clients are: own keys, own clock (the application's), its requests by hand. */
export interface TestService {
  readonly key: TestKey
  readonly proofKey: TestKey
  assertion(changes?: object, header?: object, key?: TestKey): Promise<string>
  proof(method: string, url: string, accessToken?: string, changes?: object, key?: TestKey): Promise<string>
  /** A request of the token endpoint. */
  ask(form?: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** A bound access token, or an error with the refusal's code. */
  token(form?: Readonly<Record<string, string>>): Promise<string>
  /** A request with token and proof. */
  call(token: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
}

export interface TestServiceOptions {
  readonly id?: string
  readonly scopes?: readonly string[]
  readonly key?: TestKey
  readonly request?: TestApp['request']
}

/** Registers the seeded principal `app`, or another one, as a service with a key. */
export async function registerService(app: TestApp, options: TestServiceOptions = {}): Promise<TestService> {
  const { id = 'app', scopes = ['cross', 'preview', 'restore'], key = await makeKey(), request = app.request } = options
  const put = await app.call(app.tokens.admin, 'PUT', `/api/v1/services/${id}`, { scopes })
  if (put.status !== 204) throw new Error(`service refused: ${await put.text()}`)
  const added = await app.call(app.tokens.admin, 'POST', `/api/v1/services/${id}/keys`, { jwk: key.jwk })
  if (added.status !== 200) throw new Error(`key refused: ${await added.text()}`)
  return createTestService(app, `default.${id}`, key, await makeKey(), request)
}

export function createTestService(
  app: { readonly clock: Clock },
  clientId: string,
  key: TestKey,
  proofKey: TestKey,
  request: TestApp['request'],
): TestService {
  const seconds = (): number => Math.floor(app.clock.now().getTime() / 1_000)
  const service: TestService = {
    key,
    proofKey,
    assertion: (changes = {}, header = {}, by = key) => {
      const own = { iss: clientId, sub: clientId, aud: TOKEN_URL, exp: seconds() + 240, jti: randomUUID() }
      return by.sign({ kid: by.kid, ...header }, { ...own, ...changes })
    },
    proof: (method, url, accessToken, changes = {}, by = proofKey) => {
      const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url')
      const claims = { htm: method, htu: url, iat: seconds(), jti: randomUUID(), ...(ath && { ath }) }
      return by.sign({ typ: 'dpop+jwt', jwk: by.jwk }, { ...claims, ...changes })
    },
    async ask(form = {}, headers) {
      const own = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE }
      const assertion = form['client_assertion'] ?? (await service.assertion())
      return request('/oauth2/token', {
        method: 'POST',
        headers: headers ?? { dpop: await service.proof('POST', TOKEN_URL) },
        body: new URLSearchParams({ ...own, client_assertion: assertion, ...form }),
      })
    },
    async token(form = {}) {
      const answer = await service.ask(form)
      const body = Object(await answer.json())
      if (answer.status !== 200) throw new Error(`no token: ${body.code}`)
      return String(body.access_token)
    },
    async call(token, method, path, body, headers = {}) {
      return request(path, {
        method,
        headers: {
          authorization: `DPoP ${token}`,
          dpop: await service.proof(method, `${ORIGIN}${path}`, token),
          'content-type': 'application/json',
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    },
  }
  return service
}
