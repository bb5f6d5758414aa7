import { ASSERTION_TYPE, CLIENT_ALGORITHMS } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import type { SeenOnce } from '../seen-once/index.ts'
import type { ServiceClient, ServiceClients } from '../services/index.ts'
import { formatClientId, parseClientId } from './client-id.ts'

const MAX_LIFE_SECONDS = 300
const MAX_AHEAD_SECONDS = 5
const MAX_CHARS = 8_192
const TYPES = [undefined, 'JWT', 'jwt', 'client-authentication+jwt']

export interface AssertionDeps {
  readonly clients: Pick<ServiceClients, 'find'>
  readonly seenOnce: SeenOnce
  readonly clock: Clock
  /** The token endpoint's address and the issuer's: one of them is the assertion's whole audience. */
  readonly audiences: () => readonly string[]
}

export interface AssertionInput {
  readonly type: string | undefined
  readonly assertion: string
  /** The parameter `client_id`, which may be left out. */
  readonly clientId: string | undefined
}

/**
 * `private_key_jwt` as SMART Backend Services has it (RFC 7523): `iss` = `sub` = the client, exactly one audience, at most 5
 * minutes, counted once. The registered key decides on the algorithm; a key in the header counts for nothing. Throws
 * `auth.client-refused`, `auth.replayed`.
 */
export async function authenticateByAssertion(
  { type, assertion, clientId }: AssertionInput,
  { clients, seenOnce, clock, audiences }: AssertionDeps,
): Promise<ServiceClient> {
  if (type !== ASSERTION_TYPE || assertion.length > MAX_CHARS) throw refuse()
  const client = await findClient(assertion, clients)
  const name = client && formatClientId(client)
  if (!client || name === undefined || (clientId !== undefined && clientId !== name)) throw refuse()
  const { exp, jti } = await verify(assertion, client, name, { clock, audiences })
  const staleAt = new Date((exp + MAX_AHEAD_SECONDS) * 1_000)
  if (await seenOnce.isFirst(client.tenant, 'assertion', `${name}.${jti}`, staleAt)) return client
  throw new AppError('auth.replayed', { message: 'the assertion was shown before', field: 'client_assertion' })
}

async function findClient(assertion: string, clients: AssertionDeps['clients']): Promise<ServiceClient | undefined> {
  const name = parseClientId(peek(assertion))
  return name && clients.find(name.tenant, name.id)
}

/** Whom it says it is of. Believed once its signature is. */
function peek(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss
  } catch {
    return undefined
  }
}

async function verify(
  assertion: string,
  client: ServiceClient,
  name: string,
  { clock, audiences }: Pick<AssertionDeps, 'clock' | 'audiences'>,
): Promise<{ exp: number; jti: string }> {
  try {
    const { kid, alg, typ } = decodeProtectedHeader(assertion)
    const key = client.keys.find((one) => one.kid === kid || (one.jwk.kid !== undefined && one.jwk.kid === kid))
    if (!key || !TYPES.includes(typ) || (alg === 'Ed25519' ? 'EdDSA' : alg) !== key.algorithm) throw refuse()
    const { payload } = await jwtVerify(assertion, key.jwk, {
      algorithms: [...CLIENT_ALGORITHMS, 'Ed25519'],
      issuer: name,
      subject: name,
      currentDate: clock.now(),
      clockTolerance: MAX_AHEAD_SECONDS,
      requiredClaims: ['exp', 'jti', 'aud'],
    })
    const { exp = 0, jti = '', aud } = payload
    const nowSeconds = clock.now().getTime() / 1_000
    const isForUs = typeof aud === 'string' && audiences().includes(aud)
    const isShort = exp - nowSeconds <= MAX_LIFE_SECONDS + MAX_AHEAD_SECONDS
    if (!isForUs || !isShort || typeof jti !== 'string' || jti.length < 8 || jti.length > 256) throw refuse()
    return { exp, jti }
  } catch (cause) {
    throw cause instanceof AppError ? cause : refuse(cause)
  }
}

// One message for every reason: whoever has no key learns nothing about which clients exist.
function refuse(cause?: unknown): AppError {
  return new AppError('auth.client-refused', {
    message: 'the client assertion is not one of a registered key, for this server and for 5 minutes at most',
    field: 'client_assertion',
    cause,
  })
}
