import { AppError } from '@breakwater/kernel'
import { findBearer } from '../../platform/http/bearer.ts'
import type { Credentials } from '../../platform/http/credentials.ts'
import type { AuthenticationScheme } from '../authentication/index.ts'
import type { Principal, PrincipalService } from '../principals/index.ts'
import type { ServiceClient, ServiceClients } from '../services/index.ts'
import { isRegistered } from './certificate.ts'
import type { ProofChecker } from './proof.ts'
import { covers } from './scopes.ts'
import type { AccessToken, AccessTokens } from './token.ts'

export interface BoundTokenDeps {
  readonly tokens: Pick<AccessTokens, 'verify'>
  readonly proofs: ProofChecker
  readonly clients: Pick<ServiceClients, 'find'>
  readonly principals: Pick<PrincipalService, 'find'>
  readonly origin: () => string
}

const DPOP = /^dpop +(\S+) *$/i
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** An access token of ours with what it is bound to: a DPoP proof, or the connection's client certificate. */
export function createBoundTokenScheme(deps: BoundTokenDeps): AuthenticationScheme {
  return {
    name: 'bound-token',
    matches: ({ headers }) => {
      const header = headers.get('authorization') ?? ''
      return DPOP.test(header) || JWT.test(findBearer(header) ?? '')
    },
    async authenticate(credentials) {
      const header = credentials.headers.get('authorization') ?? ''
      const ofProof = DPOP.exec(header)?.[1]
      const text = ofProof ?? findBearer(header) ?? ''
      const token = await deps.tokens.verify(text)
      const client = await deps.clients.find(token.client.tenant, token.client.id)
      const principal = await deps.principals.find(token.client.tenant, token.client.id)
      if (!client || !principal) throw new AppError('auth.invalid', { message: 'the token is not valid' })
      if (ofProof === undefined) checkCertificate(token, client, credentials)
      else await checkProof(token, text, credentials, deps)
      return narrow(principal, token, client)
    },
  }
}

/** RFC 8705 section 3. A token of a DPoP key does not become a bearer token by being called one. */
function checkCertificate({ binding }: AccessToken, client: ServiceClient, credentials: Credentials): void {
  if (binding.kind !== 'certificate') {
    throw new AppError('auth.unbound', { message: 'the access token is bound to a DPoP key: send it with its proof' })
  }
  const certificate = credentials.clientCertificate()
  if (certificate?.sha256 === binding.sha256 && isRegistered(certificate, client)) return
  throw new AppError('auth.proof-refused', { message: 'the access token is bound to another client certificate' })
}

/** RFC 9449 section 7. */
async function checkProof(
  { binding, client }: AccessToken,
  accessToken: string,
  { method, url, headers }: Credentials,
  { proofs, origin }: BoundTokenDeps,
): Promise<void> {
  const address = `${origin()}${new URL(url).pathname}`
  const proof = await proofs.check({ proof: headers.get('dpop'), method, url: address, accessToken })
  if (binding.kind !== 'dpop' || binding.jkt !== proof.jkt) {
    throw new AppError('auth.proof-refused', { message: 'the access token is bound to another key', field: 'DPoP' })
  }
  await proofs.spend(client.tenant, proof)
}

/** What the token was given and the client still has. */
function narrow(principal: Principal, { scopes, actor }: AccessToken, client: ServiceClient): Principal {
  return {
    ...principal,
    credential: { kind: 'client', id: client.id },
    scopes: scopes.filter((scope) => covers(client.scopes, scope)),
    ...(actor !== undefined && { actor: { id: actor, assurance: 'verified' as const } }),
  }
}
