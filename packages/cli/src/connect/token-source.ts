import { randomUUID } from 'node:crypto'
import { ASSERTION_TYPE, authorizationServerSchema, tokenAnswerSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { SignJWT } from 'jose'
import type { ClientKey } from './client-key.ts'
import type { ProofKey } from './proof-key.ts'
import { readSmallJson } from './server.ts'
import type { ServerLink } from './server.ts'

/** Access tokens of one client, renewed before they end, at most one request for a new one at a time. */
export interface TokenSource {
  /** Throws what the server refused with, or `provider.failed`. */
  get(): Promise<string>
  /** The server does not take it any more. */
  drop(token: string): void
}

export interface TokenSourceOptions {
  readonly link: ServerLink
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Read again for every token: a file that was replaced counts from then on. Left out: the certificate speaks. */
  readonly readKey?: () => Promise<ClientKey>
  /** Left out: tokens are bound to the client certificate of the connection. */
  readonly proofKey?: ProofKey
}

const RENEW_BEFORE_MS = 60_000
const ASSERTION_SECONDS = 120
const PATH = '/oauth2/token'

interface Held {
  readonly token: string
  readonly renewAtMs: number
  readonly endsAtMs: number
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  let held: Held | undefined
  let pending: Promise<Held> | undefined

  async function renew(): Promise<Held> {
    pending ??= fetchToken(options).finally(() => {
      pending = undefined
    })
    held = await pending
    return held
  }

  return {
    async get() {
      const now = performance.now()
      if (held && now < held.renewAtMs) return held.token
      if (!held || now >= held.endsAtMs) return (await renew()).token
      // The old one is still good: whoever asks meanwhile does not wait, and a failure now is no failure yet.
      const { token } = held
      renew().catch(() => undefined)
      return token
    },
    drop(token) {
      if (held?.token === token) held = undefined
    },
  }
}

/** Throws `config.invalid` when the server is known by another address: its tokens and proofs are for that one. */
export async function checkServer(link: ServerLink): Promise<void> {
  const path = '/.well-known/oauth-authorization-server'
  const answer = await link.send({ method: 'GET', path, headers: { accept: 'application/json' } })
  const parsed = authorizationServerSchema.safeParse(await readSmallJson(answer))
  if (!parsed.success) throw new AppError('config.invalid', { message: '--server: no Breakwater answers there' })
  if (parsed.data.issuer === link.origin) return
  throw new AppError('config.invalid', {
    message: '--server: the server is known by another address (BREAKWATER_PUBLIC_URL), and tokens are for that one',
  })
}

async function fetchToken(options: TokenSourceOptions): Promise<Held> {
  const first = await ask(options)
  const answer = first['error'] === 'use_dpop_nonce' ? await ask(options) : first
  const parsed = tokenAnswerSchema.safeParse(answer)
  if (!parsed.success) throw describeRefusal(answer)
  const lifeMs = parsed.data.expires_in * 1_000
  const now = performance.now()
  const renewAtMs = now + Math.max(lifeMs - RENEW_BEFORE_MS, lifeMs / 2)
  return { token: parsed.data.access_token, renewAtMs, endsAtMs: now + lifeMs - 1_000 }
}

async function ask(options: TokenSourceOptions): Promise<Readonly<Record<string, unknown>>> {
  const { link, clientId, scopes, proofKey } = options
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId })
  if (scopes.length > 0) form.set('scope', scopes.join(' '))
  if (options.readKey) {
    form.set('client_assertion_type', ASSERTION_TYPE)
    form.set('client_assertion', await makeAssertion(await options.readKey(), clientId, `${link.origin}${PATH}`))
  }
  const answer = await link.send({
    method: 'POST',
    path: PATH,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...(proofKey && { dpop: await proofKey.prove({ method: 'POST', url: `${link.origin}${PATH}` }) }),
    },
    body: form.toString(),
  })
  const nonce = answer.headers['dpop-nonce']
  if (typeof nonce === 'string') proofKey?.useNonce(nonce)
  return readSmallJson(answer)
}

/** RFC 7523, in the shape of SMART Backend Services. */
async function makeAssertion({ key, algorithm, kid }: ClientKey, clientId: string, audience: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${ASSERTION_SECONDS} seconds`)
    .sign(key)
}

function describeRefusal(answer: Readonly<Record<string, unknown>>): AppError {
  const { code } = answer
  const isCode = typeof code === 'string' && /^[a-z.-]{1,64}$/.test(code)
  return new AppError('auth.client-refused', {
    message: `the server gives no token${isCode ? ` (${code})` : ''}: is the key registered for this client?`,
  })
}
