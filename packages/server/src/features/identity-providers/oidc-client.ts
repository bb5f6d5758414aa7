import { createPrivateKey } from 'node:crypto'
import type { webcrypto } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import * as oidc from 'openid-client'
import { findSecretFile, readSecretText } from '../../platform/secrets/secret-file.ts'
import { meetsAssurance } from './assurance.ts'
import { nameOf, readClaims } from './claims.ts'
import type { Assertion, IdentityProvider, OidcClient } from './types.ts'

export interface OidcClientDeps {
  readonly clock: Clock
  /** Where keys and secrets of this client lie. */
  readonly secretsDir?: string
  /** Plain http is for tests on loopback. */
  readonly allowsInsecureIssuers?: boolean
  readonly elapsedMs?: () => number
}

interface Slot {
  readonly configuration: Promise<oidc.Configuration>
  readonly readMs: number
}

const TIMEOUT_SECONDS = 10
/** Discovery and the client's own key are read again after this time; signing keys are followed by the library. */
const MAX_AGE_MS = 300_000
// Clocks of two organisations differ by this much, and no more.
const SKEW_SECONDS = 10
const MAX_PROVIDERS = 200

/** The library checks what the protocol says; what a provider claims about the factors is judged here. */
export function createOidcClient(deps: OidcClientDeps): OidcClient {
  const { clock, secretsDir, allowsInsecureIssuers = false, elapsedMs = () => performance.now() } = deps
  const slots = new Map<string, Slot>()

  async function discover(provider: IdentityProvider): Promise<oidc.Configuration> {
    const secret = await readSecretText(findSecretFile(secretsDir, provider.credentialFile, unavailable), unavailable)
    return oidc
      .discovery(new URL(provider.issuer), provider.clientId, undefined, await authenticateBy(provider, secret), {
        timeout: TIMEOUT_SECONDS,
        execute: [
          // By itself the library trusts the connection that a token came by: its signature is checked as well (ASVS 6.8.2).
          oidc.enableNonRepudiationChecks,
          // Marked so that nobody uses it by chance; the routes refuse such issuers outside tests.
          ...(allowsInsecureIssuers ? [oidc.allowInsecureRequests] : []),
        ],
      })
      .catch((cause: unknown) => {
        throw unavailable('the identity provider’s discovery document cannot be read, or names another issuer', cause)
      })
  }

  async function configure(tenant: string, provider: IdentityProvider): Promise<oidc.Configuration> {
    const name = `${tenant} ${provider.id} ${provider.version}`
    const known = slots.get(name)
    if (known && elapsedMs() - known.readMs < MAX_AGE_MS) return known.configuration
    const slot: Slot = { configuration: discover(provider), readMs: elapsedMs() }
    if (slots.size >= MAX_PROVIDERS) slots.clear()
    slots.set(name, slot)
    slot.configuration.catch(() => slots.delete(name))
    return slot.configuration
  }

  return {
    async authorizationUrl(tenant, provider, checks) {
      const configuration = await configure(tenant, provider)
      const { state, nonce, redirectUri, maxAgeSeconds } = checks
      const acr = provider.mfa.acr
      const url = oidc.buildAuthorizationUrl(configuration, {
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: [...new Set(['openid', ...provider.scopes])].join(' '),
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.codeVerifier),
        code_challenge_method: 'S256',
        max_age: String(maxAgeSeconds),
        ...(maxAgeSeconds === 0 && { prompt: 'login' }),
        ...(acr.length > 0 && { acr_values: acr.join(' ') }),
      })
      return url.href
    },

    async redeem(tenant, provider, callback, checks): Promise<Assertion> {
      const configuration = await configure(tenant, provider)
      const { state, nonce, codeVerifier, maxAgeSeconds } = checks
      const tokens = await oidc
        .authorizationCodeGrant(configuration, callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        })
        .catch(rethrow)
      const claims = readClaims(tokens.claims(), provider)
      if (claims.iss !== provider.issuer) throw failed('the answer is of another issuer')
      const authenticatedAt = readAuthTime(claims.auth_time, maxAgeSeconds, clock.now())
      const context = { acr: claims.acr, amr: claims.amr ?? [] }
      return {
        issuer: claims.iss,
        subject: claims.subject,
        name: nameOf(claims),
        groups: claims.groups,
        isMfa: meetsAssurance(provider.mfa, context) || meetsAssurance(provider.phishingResistant, context),
        isPhishingResistant: meetsAssurance(provider.phishingResistant, context),
        authenticatedAt,
      }
    },
  }
}

/** `auth_time` is required whenever `max_age` was sent (OpenID Connect Core section 2), and it is always sent. */
function readAuthTime(authTime: number | undefined, maxAgeSeconds: number, now: Date): Date {
  if (authTime === undefined) throw failed('the identity provider did not say when the factors were shown')
  const ageSeconds = now.getTime() / 1_000 - authTime
  if (ageSeconds > maxAgeSeconds + SKEW_SECONDS) throw failed('the factors were shown too long ago')
  if (ageSeconds < -SKEW_SECONDS) throw failed('the factors were shown in the future: the clocks differ')
  return new Date(Math.min(authTime * 1_000, now.getTime()))
}

async function authenticateBy(
  { clientAuthentication, keyId }: IdentityProvider,
  secret: string,
): Promise<oidc.ClientAuth> {
  if (clientAuthentication === 'client_secret_basic') return oidc.ClientSecretBasic(secret)
  const key = await importKey(secret)
  return oidc.PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId })
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  try {
    const key = createPrivateKey(pem)
    return key.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  } catch (cause) {
    throw unavailable('the key file does not hold a private key on P-256 in PEM', cause)
  }
}

// The provider says no, or what it says does not hold: the log-in is over. Everything else is the provider's state.
function rethrow(cause: unknown): never {
  if (cause instanceof oidc.ResponseBodyError && cause.error !== 'invalid_client') {
    throw failed('the identity provider refused the code', cause)
  }
  if (cause instanceof oidc.AuthorizationResponseError) throw failed('the identity provider refused the log-in', cause)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const isUnreachable =
    cause instanceof TypeError || code === 'OAUTH_TIMEOUT' || cause instanceof oidc.ResponseBodyError
  if (isUnreachable) throw unavailable('the identity provider’s token endpoint does not serve this client', cause)
  throw failed('the identity provider’s answer does not belong to this log-in', cause)
}

function failed(message: string, cause?: unknown): AppError {
  return new AppError('auth.sign-in-failed', { message, cause })
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('identity-provider.unavailable', { message, cause })
}
