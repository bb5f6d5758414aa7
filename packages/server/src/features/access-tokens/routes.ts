import { ACTIONS, CLIENT_ALGORITHMS, DEVICE_GRANT, EXCHANGE_GRANT, ROUTES } from '@breakwater/contract'
import type { AuthorizationServer, TokenAnswer } from '@breakwater/contract'
import type { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import { readCaller } from '../../platform/http/caller.ts'
import type { Credentials } from '../../platform/http/credentials.ts'
import { readCredentials } from '../../platform/http/credentials.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { Form } from '../../platform/http/form.ts'
import { readForm } from '../../platform/http/form.ts'
import { answerOAuthError } from '../../platform/http/oauth.ts'
import { toAppError } from '../../platform/http/problem.ts'
import type { ServiceClient } from '../services/index.ts'
import { grantToken, TOKEN_PATH } from './grant.ts'
import type { GrantDeps } from './grant.ts'
import type { TokenKeys } from './keys/token-keys.ts'
import { PROOF_ALGORITHMS } from './proof.ts'

export interface AccessTokenRouteDeps extends GrantDeps {
  readonly keys: Pick<TokenKeys, 'published' | 'rotate' | 'signer'>
  /** A person's session for a device code that was approved (RFC 8628 section 3.4). */
  readonly redeemDevice: (form: Form, credentials: Credentials) => Promise<TokenAnswer>
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
        if (form.get('grant_type') === DEVICE_GRANT) {
          c.header('cache-control', 'no-store')
          return c.json(await deps.redeemDevice(form, readCredentials(c)))
        }
        return c.json(await grantToken(form, readCredentials(c), identify, deps))
      } catch (thrown) {
        if (known) await recordRefusal(known, toAppError(thrown), deps)
        return answerOAuthError(thrown, c)
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

/** RFC 8414. */
function describeServer(origin: string): AuthorizationServer {
  return {
    issuer: origin,
    token_endpoint: `${origin}${TOKEN_PATH}`,
    jwks_uri: `${origin}${ROUTES.readTokenKeys.path}`,
    device_authorization_endpoint: `${origin}${ROUTES.startDevice.path}`,
    grant_types_supported: ['client_credentials', EXCHANGE_GRANT, DEVICE_GRANT],
    response_types_supported: [],
    scopes_supported: [...ACTIONS],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth', 'none'],
    token_endpoint_auth_signing_alg_values_supported: [...CLIENT_ALGORITHMS],
    dpop_signing_alg_values_supported: [...PROOF_ALGORITHMS],
    tls_client_certificate_bound_access_tokens: true,
  }
}
