import { ACCESS_TOKEN_TYPE, EXCHANGE_GRANT, JWT_TYPE } from '@breakwater/contract'
import type { TokenAnswer } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { EntryDraft } from '@breakwater/ledger'
import type { Credentials } from '../../platform/http/credentials.ts'
import type { ActorIssuers } from '../actor-issuers/index.ts'
import type { PrincipalService } from '../principals/index.ts'
import type { SeenOnce } from '../seen-once/index.ts'
import type { ServiceClient, ServiceClients } from '../services/index.ts'
import { isRegistered } from './certificate.ts'
import { authenticateByAssertion } from './client-assertion.ts'
import { parseClientId } from './client-id.ts'
import type { Form } from '../../platform/http/form.ts'
import type { Proof, ProofChecker } from './proof.ts'
import { chooseScopes } from './scopes.ts'
import { MAX_TOKEN_SECONDS } from './token.ts'
import type { AccessTokens, Binding } from './token.ts'

export const TOKEN_PATH = '/oauth2/token'

export interface GrantDeps {
  readonly tokens: Pick<AccessTokens, 'mint'>
  readonly proofs: ProofChecker
  readonly clients: Pick<ServiceClients, 'find'>
  readonly principals: Pick<PrincipalService, 'find'>
  readonly issuers: Pick<ActorIssuers, 'verify'>
  readonly seenOnce: SeenOnce
  readonly clock: Clock
  readonly origin: () => string
  /** Durable when it resolves. */
  readonly append: (draft: EntryDraft) => Promise<unknown>
}

/** Who asks, once that is known: what is refused after it belongs to somebody. */
export type Identify = (client: ServiceClient) => void

/**
 * One token request: client, binding, grant, scopes, in this order; then the entry in the ledger, then the token. Throws
 * `auth.client-refused`, `auth.replayed`, `auth.unbound`, `auth.proof-refused`, `auth.grant-refused`, `auth.scope-refused`.
 */
export async function grantToken(
  form: Form,
  credentials: Credentials,
  identify: Identify,
  deps: GrantDeps,
): Promise<TokenAnswer> {
  const client = await authenticate(form, credentials, deps)
  if (!(await deps.principals.find(client.tenant, client.id))) throw refuseClient('the service is disabled')
  identify(client)
  const { binding, proof } = await bind(client, credentials, deps)
  const grant = await readGrant(form, client, deps)
  const scopes = chooseScopes(client.scopes, form.get('scope'))
  if (proof) await deps.proofs.spend(client.tenant, proof)
  const { actor, ttlSeconds } = grant
  await deps.append({
    tenant: client.tenant,
    kind: 'access-token.issued',
    principal: client.id,
    actor: actor === undefined ? { id: 'unknown', assurance: 'unknown' } : { id: actor, assurance: 'verified' },
    decision: 'allow',
    codes: [`bound.${binding.kind}`],
    counts: { 'ttl-seconds': ttlSeconds },
  })
  const token = { client: { tenant: client.tenant, id: client.id }, scopes, binding, ...(actor && { actor }) }
  return {
    access_token: await deps.tokens.mint(token, ttlSeconds),
    token_type: binding.kind === 'dpop' ? 'DPoP' : 'Bearer',
    expires_in: ttlSeconds,
    scope: scopes.join(' '),
    ...(actor !== undefined && { issued_token_type: ACCESS_TOKEN_TYPE }),
  }
}

/** By a signed assertion, or by the certificate of the connection (RFC 8705 section 2). */
async function authenticate(form: Form, credentials: Credentials, deps: GrantDeps): Promise<ServiceClient> {
  const assertion = form.get('client_assertion')
  const clientId = form.get('client_id')
  if (assertion !== undefined) {
    const type = form.get('client_assertion_type')
    const audiences = (): readonly string[] => [`${deps.origin()}${TOKEN_PATH}`, deps.origin()]
    return authenticateByAssertion({ type, assertion, clientId }, { ...deps, audiences })
  }
  const certificate = credentials.clientCertificate()
  const name = parseClientId(clientId)
  const client = certificate && name && (await deps.clients.find(name.tenant, name.id))
  if (client && isRegistered(certificate, client)) return client
  throw refuseClient('send a client assertion, or come with a registered client certificate')
}

/** A token without a binding would serve whoever finds it. */
async function bind(
  client: ServiceClient,
  credentials: Credentials,
  { proofs, origin }: GrantDeps,
): Promise<{ binding: Binding; proof?: Proof }> {
  const { method, headers } = credentials
  const header = headers.get('dpop')
  if (header !== null) {
    const proof = await proofs.check({ proof: header, method, url: `${origin()}${TOKEN_PATH}` })
    return { binding: { kind: 'dpop', jkt: proof.jkt }, proof }
  }
  const certificate = credentials.clientCertificate()
  if (certificate && isRegistered(certificate, client)) {
    return { binding: { kind: 'certificate', sha256: certificate.sha256 } }
  }
  throw new AppError('auth.unbound', {
    message: 'send a DPoP proof, or come with a registered client certificate: no token goes without a binding',
    field: 'DPoP',
  })
}

async function readGrant(
  form: Form,
  client: ServiceClient,
  { issuers, clock }: GrantDeps,
): Promise<{ actor?: string; ttlSeconds: number }> {
  const type = form.get('grant_type')
  if (type === 'client_credentials') return { ttlSeconds: MAX_TOKEN_SECONDS }
  if (type !== EXCHANGE_GRANT)
    throw refuseGrant('client_credentials, token-exchange and device_code are the grants', 'grant_type')
  const token = form.get('subject_token')
  const kind = form.get('subject_token_type')
  const isJwt = kind === JWT_TYPE || kind === ACCESS_TOKEN_TYPE || kind === 'urn:ietf:params:oauth:token-type:id_token'
  if (token === undefined || !isJwt) throw refuseGrant('subject_token has to be a JWT', 'subject_token')
  if (form.has('actor_token')) throw refuseGrant('the client itself is the actor', 'actor_token')
  const { actor, expiresAt } = await issuers.verify(client.tenant, token)
  const leftSeconds = Math.floor((expiresAt.getTime() - clock.now().getTime()) / 1_000)
  if (leftSeconds < 1) throw refuseGrant('the subject token has expired', 'subject_token')
  return { actor, ttlSeconds: Math.min(MAX_TOKEN_SECONDS, leftSeconds) }
}

function refuseClient(message: string): AppError {
  return new AppError('auth.client-refused', { message })
}

function refuseGrant(message: string, field: string): AppError {
  return new AppError('auth.grant-refused', { message, field })
}
