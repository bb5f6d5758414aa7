import { generateKeyPairSync } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What one person of the hospital's directory is, and how she shows it there. */
interface DirectoryPerson {
  readonly groups: readonly string[]
  readonly amr: readonly string[]
  readonly acr?: string
}

export interface IdentityProviderOptions {
  /** Left out: any that is free. */
  readonly port?: number
  /** PEM. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
  readonly clientId: string
  readonly clientSecret?: string
  /** Public, P-256: the client signs (private_key_jwt) instead of showing a secret. */
  readonly clientKey?: JsonWebKey & { readonly kid: string }
  readonly redirectUri: string
  readonly people: Readonly<Record<string, DirectoryPerson>>
}

export interface RunningIdentityProvider {
  readonly issuer: string
  stop(): Promise<void>
}

const TTL_SECONDS = 300
const PAGE = `<!doctype html><html lang="en"><title>Directory</title><link rel="icon" href="data:,"><body><form method="post">
<label>Account <input name="account"></label><button>Sign in</button></form></body></html>`

/** A real OpenID provider (node-oidc-provider) with a log-in page of its own: who is named there is believed. */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<RunningIdentityProvider> {
  const { port = 0, certificate, key, clientId, clientSecret, clientKey, redirectUri, people } = options
  // Loaded when it is needed: most tests need none.
  const { default: Provider } = await import('oidc-provider')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const server = createServer({ cert: certificate, key })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        ...(clientSecret !== undefined && { client_secret: clientSecret }),
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        ...(clientKey
          ? {
              token_endpoint_auth_method: 'private_key_jwt' as const,
              token_endpoint_auth_signing_alg: 'ES256' as const,
              jwks: { keys: [{ ...clientKey, alg: 'ES256', use: 'sig' }] },
            }
          : { token_endpoint_auth_method: 'client_secret_basic' as const }),
      },
    ],
    claims: { openid: ['sub', 'groups', 'preferred_username', 'acr', 'amr', 'auth_time'] },
    conformIdTokenClaims: false,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    ttl: {
      AccessToken: TTL_SECONDS,
      Grant: TTL_SECONDS,
      IdToken: TTL_SECONDS,
      Interaction: TTL_SECONDS,
      Session: TTL_SECONDS,
    },
    features: { devInteractions: { enabled: false } },
    acrValues: Object.values(people).flatMap(({ acr }) => (acr === undefined ? [] : [acr])),
    interactions: { url: (_ctx, { uid }) => `/log-in/${uid}` },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: [...(people[id]?.groups ?? [])] }),
    }),
    // Who comes to log in has agreed: it is the organisation's own server.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client?.clientId,
        accountId: ctx.oidc.session?.accountId,
      })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    },
  })

  async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
      return
    }
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const account = new URLSearchParams(body).get('account') ?? ''
    const { amr = [], acr } = people[account] ?? {}
    const result = { login: { accountId: account, amr: [...amr], ...(acr !== undefined && { acr }) } }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  const answer = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const answered = request.url?.startsWith('/log-in/') ? logIn(request, response) : answer(request, response)
    answered.catch(() => response.destroy())
  })
  return {
    issuer,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
