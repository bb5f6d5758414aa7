import { ACTIONS, CLIENT_ALGORITHMS, EXCHANGE_GRANT, ROUTES } from '@breakwater/contract'
import type { AuthorizationServer } from '@breakwater/contract'
import type { AppError, ErrorCode } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { readCaller } from '../../platform/http/caller.ts'
import { readCredentials } from '../../platform/http/credentials.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import { toAppError } from '../../platform/http/problem.ts'
import type { ServiceClient } from '../services/index.ts'
import { readForm } from './form.ts'
import { grantToken, TOKEN_PATH } from './grant.ts'
import type { GrantDeps } from './grant.ts'
import type { TokenKeys } from './keys/token-keys.ts'
import { PROOF_ALGORITHMS } from './proof.ts'

export interface AccessTokenRouteDeps extends GrantDeps {
  readonly keys: Pick<TokenKeys, 'published' | 'rotate' | 'signer'>
}

/** As OAuth's clients know them (RFC 6749 section 5.2, RFC 9449). Anything else is the server's trouble. */
const OAUTH_ERRORS: Partial<Record<ErrorCode, string>> = {
  'auth.client-refused': 'invalid_client',
  'auth.grant-refused': 'invalid_grant',
  'auth.proof-refused': 'invalid_dpop_proof',
  'auth.replayed': 'invalid_client',
  'auth.scope-refused': 'invalid_scope',
  'auth.unbound': 'invalid_request',
  'body.too-large': 'invalid_request',
  'request.aborted': 'invalid_request',
}

/** The token endpoint with its metadata and keys, and nothing else: no page, no redirect, no code of OAuth's browser flows. */
export function accessTokenRoutes(deps: AccessTokenRouteDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .post(ROUTES.issueAccessToken.path, async (c) => {
      let known: ServiceClient | undefined
      const identify = (client: ServiceClient): void => {
        known = client
      }
      try {
        const form = await readForm(c.req.raw)
        return c.json(await grantToken(form, readCredentials(c), identify, deps))
      } catch (thrown) {
        const error = toAppError(thrown)
        if (known) await recordRefusal(known, error, deps)
        // As if thrown, so that refusals are counted and failures logged as everywhere.
        if (error.status >= 500) throw thrown
        return answerOAuthError(error, c)
      }
    })
    .get(ROUTES.readTokenKeys.path, async (c) => {
      await deps.keys.signer()
      return c.json({ keys: await deps.keys.published() })
    })
    .get(ROUTES.readAuthorizationServer.path, (c) => c.json(describeServer(deps.origin())))
    .post(ROUTES.rotateTokenKey.path, async (c) => {
      const { kid, signsFrom } = await deps.keys.rotate(readCaller(c))
      return c.json({ kid, signsFrom: signsFrom.toISOString() })
    })
}

async function recordRefusal({ tenant, id }: ServiceClient, { code }: AppError, { append }: GrantDeps): Promise<void> {
  const actor = { id: 'unknown', assurance: 'unknown' } as const
  const endpoint = 'access-token'
  await append({
    tenant,
    kind: 'administration.refused',
    principal: id,
    actor,
    endpoint,
    decision: 'deny',
    codes: [code],
  })
}

function answerOAuthError(error: AppError, c: Context): Response {
  c.error = error
  const isGrant = error.field === 'grant_type'
  const name = isGrant ? 'unsupported_grant_type' : (OAUTH_ERRORS[error.code] ?? 'invalid_request')
  const body = { error: name, error_description: error.message, code: error.code }
  return c.json(body, error.status === 401 ? 401 : 400)
}

/** RFC 8414. */
function describeServer(origin: string): AuthorizationServer {
  return {
    issuer: origin,
    token_endpoint: `${origin}${TOKEN_PATH}`,
    jwks_uri: `${origin}${ROUTES.readTokenKeys.path}`,
    grant_types_supported: ['client_credentials', EXCHANGE_GRANT],
    response_types_supported: [],
    scopes_supported: [...ACTIONS],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth'],
    token_endpoint_auth_signing_alg_values_supported: [...CLIENT_ALGORITHMS],
    dpop_signing_alg_values_supported: [...PROOF_ALGORITHMS],
    tls_client_certificate_bound_access_tokens: true,
  }
}
