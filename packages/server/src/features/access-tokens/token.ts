import { randomUUID } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { formatClientId, parseClientId } from './client-id.ts'
import type { ClientName } from './client-id.ts'
import { TOKEN_ALGORITHM } from './keys/token-keys.ts'
import type { TokenKeys } from './keys/token-keys.ts'

/** Longest life of an access token in seconds (SMART Backend Services: 300). */
export const MAX_TOKEN_SECONDS = 300

const TYPE = 'at+jwt'
const MAX_CHARS = 8_192
const MAX_HELD = 2_000

/** To what a token is bound: a DPoP key (RFC 9449) or a client certificate (RFC 8705). Without one there is no token. */
export type Binding =
  | { readonly kind: 'dpop'; readonly jkt: string }
  | { readonly kind: 'certificate'; readonly sha256: string }

export interface AccessToken {
  readonly client: ClientName
  readonly scopes: readonly string[]
  readonly binding: Binding
  /** The person on whose behalf the service acts, as `<issuer's id>/<subject>`. */
  readonly actor?: string
  readonly expiresAt: Date
}

export interface AccessTokens {
  mint(token: Omit<AccessToken, 'expiresAt'>, ttlSeconds: number): Promise<string>
  /** Throws `auth.invalid` for anything but an unexpired token of ours, `auth.unbound` for one without a binding. */
  verify(token: string): Promise<AccessToken>
}

export interface TokenDeps {
  readonly keys: Pick<TokenKeys, 'signer' | 'verifier'>
  readonly clock: Clock
  /** `iss` and `aud`: the address this installation is known by. */
  readonly origin: () => string
}

const claimsSchema = z.object({
  client_id: z.string(),
  sub: z.string(),
  scope: z.string().min(1),
  exp: z.number().int(),
  jti: z.string(),
  act: z.object({ sub: z.string() }).optional(),
  cnf: z.unknown(),
})
const confirmationSchema = z.union([
  z.strictObject({ jkt: z.string().length(43) }).transform(({ jkt }): Binding => ({ kind: 'dpop', jkt })),
  z
    .strictObject({ 'x5t#S256': z.string().length(43) })
    .transform((cnf): Binding => ({ kind: 'certificate', sha256: cnf['x5t#S256'] })),
])

/** Access tokens as signed JWTs (RFC 9068), each bound to a key of its client. */
export function createAccessTokens({ keys, clock, origin }: TokenDeps): AccessTokens {
  // A token comes with every request of its 5 minutes; its signature is checked with the first. Time is, with each.
  const held = new Map<string, AccessToken>()

  async function read(token: string): Promise<AccessToken> {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await keys.verifier(kid)
        if (!key) throw invalid()
        return key
      },
      {
        algorithms: [TOKEN_ALGORITHM],
        typ: TYPE,
        issuer: origin(),
        audience: origin(),
        currentDate: clock.now(),
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
      },
    )
    const claims = claimsSchema.parse(payload)
    const client = parseClientId(claims.client_id)
    if (!client) throw invalid()
    const binding = confirmationSchema.safeParse(claims.cnf)
    if (!binding.success) throw new AppError('auth.unbound', { message: 'the access token is bound to no key' })
    return {
      client,
      scopes: claims.scope.split(' '),
      binding: binding.data,
      expiresAt: new Date(claims.exp * 1_000),
      ...(claims.act && { actor: claims.sub }),
    }
  }

  return {
    async mint({ client, scopes, binding, actor }, ttlSeconds) {
      const { kid, key } = await keys.signer()
      const now = Math.floor(clock.now().getTime() / 1_000)
      const id = formatClientId(client)
      return new SignJWT({
        client_id: id,
        scope: scopes.join(' '),
        cnf: binding.kind === 'dpop' ? { jkt: binding.jkt } : { 'x5t#S256': binding.sha256 },
        ...(actor !== undefined && { act: { sub: id } }),
      })
        .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TYPE, kid })
        .setIssuer(origin())
        .setAudience(origin())
        .setSubject(actor ?? id)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + Math.min(ttlSeconds, MAX_TOKEN_SECONDS))
        .sign(key)
    },

    async verify(token) {
      if (token.length > MAX_CHARS) throw invalid()
      const known = held.get(token)
      if (known && (await keys.verifier(kidOf(token)))) {
        if (known.expiresAt > clock.now()) return known
        held.delete(token)
        throw invalid()
      }
      const verified = await read(token).catch((cause: unknown) => {
        throw cause instanceof AppError ? cause : invalid(cause)
      })
      const oldest = held.keys().next()
      if (held.size >= MAX_HELD && !oldest.done) held.delete(oldest.value)
      held.set(token, verified)
      return verified
    },
  }
}

function kidOf(token: string): string {
  return decodeProtectedHeader(token).kid ?? ''
}

// One message for every reason, as for any other token.
function invalid(cause?: unknown): AppError {
  return new AppError('auth.invalid', { message: 'the token is not valid', cause })
}
