import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, SignJWT } from 'jose'

/** What a log-in at the scripted provider says, and how it lies. */
export interface ScriptedLogIn {
  readonly subject?: string
  /** Entra's: the same for all applications, where `sub` is not. */
  readonly oid?: string
  readonly groups?: readonly string[]
  readonly acr?: string
  readonly amr?: readonly string[]
  /** How long ago the factors were shown. */
  readonly authAgeSeconds?: number
  readonly withoutAuthTime?: boolean
  readonly nonce?: string
  readonly issuer?: string
  readonly audience?: string
  /** Of the parameter `iss` beside the code (RFC 9207). */
  readonly callbackIssuer?: string
  /** Signs with a key that is not published. */
  readonly isForged?: boolean
  readonly isExpired?: boolean
  /** Sends the ID token with `alg: none` and without a signature. */
  readonly isUnsigned?: boolean
}

export interface ScriptedIdentityProvider {
  readonly issuer: string
  readonly clientId: string
  /** The person is at the provider and comes back: the address that the browser is sent to. */
  logIn(authorizationUrl: string, script?: ScriptedLogIn): string
  close(): Promise<void>
}

interface Grant {
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string
  readonly script: ScriptedLogIn
  isUsed: boolean
}

const KEY_ID = 'k1'

/** An OpenID provider on loopback that can say what no honest one would. It checks PKCE and codes as a real one does. */
export async function startScriptedIdentityProvider(
  clientId: string,
  /** What its metadata says it is. */
  claimedIssuer?: string,
): Promise<ScriptedIdentityProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const grants = new Map<string, Grant>()

  const server = createServer((request, response) => {
    answer(request)
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
      .catch(() => response.writeHead(500).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const { pathname } = new URL(request.url ?? '/', issuer)
    if (pathname === '/.well-known/openid-configuration') {
      return {
        status: 200,
        body: {
          issuer: claimedIssuer ?? issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
        },
      }
    }
    if (pathname === '/jwks') {
      const jwk = await exportJWK(publicKey)
      return { status: 200, body: { keys: [{ ...jwk, kid: KEY_ID, alg: 'ES256', use: 'sig' }] } }
    }
    return redeem(new URLSearchParams(await readText(request)))
  }

  async function redeem(form: URLSearchParams): Promise<{ status: number; body: object }> {
    const grant = grants.get(form.get('code') ?? '')
    const proven = await challengeOf(form.get('code_verifier') ?? '')
    const isGood =
      grant && !grant.isUsed && proven === grant.challenge && form.get('redirect_uri') === grant.redirectUri
    if (!isGood) return { status: 400, body: { error: 'invalid_grant' } }
    grant.isUsed = true
    const signed = await signIdToken(grant, grant.script.isForged === true ? stranger : privateKey)
    const token = grant.script.isUnsigned === true ? withoutSignature(signed) : signed
    return { status: 200, body: { access_token: 'none', token_type: 'Bearer', id_token: token } }
  }

  async function signIdToken({ nonce, script }: Grant, key: KeyObject): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1_000)
    const claims = {
      nonce: script.nonce ?? nonce,
      ...(script.withoutAuthTime !== true && { auth_time: nowSeconds - (script.authAgeSeconds ?? 0) }),
      ...(script.oid !== undefined && { oid: script.oid }),
      ...(script.acr !== undefined && { acr: script.acr }),
      ...(script.amr && { amr: script.amr }),
      groups: script.groups ?? [],
      preferred_username: 'somebody',
    }
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: KEY_ID })
      .setIssuer(script.issuer ?? issuer)
      .setAudience(script.audience ?? clientId)
      .setSubject(script.subject ?? 'subject-1')
      .setIssuedAt(script.isExpired === true ? nowSeconds - 7_200 : nowSeconds)
      .setExpirationTime(script.isExpired === true ? nowSeconds - 3_600 : nowSeconds + 300)
      .sign(key)
  }

  return {
    issuer,
    clientId,
    logIn(authorizationUrl, script = {}) {
      const asked = new URL(authorizationUrl).searchParams
      const code = randomBytes(16).toString('base64url')
      const redirectUri = asked.get('redirect_uri') ?? ''
      const challenge = asked.get('code_challenge') ?? ''
      grants.set(code, { redirectUri, challenge, nonce: asked.get('nonce') ?? '', script, isUsed: false })
      const back = new URL(redirectUri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      back.searchParams.set('iss', script.callbackIssuer ?? issuer)
      return back.href
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function withoutSignature(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none', kid: KEY_ID })).toString('base64url')
  return `${header}.${token.split('.')[1]}.`
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function challengeOf(verifier: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))).toString('base64url')
}
