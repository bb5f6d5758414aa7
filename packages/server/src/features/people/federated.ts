import { randomBytes } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { slugSchema } from '@breakwater/contract'
import type { RecordChange } from '../../platform/audit/change.ts'
import { clearCookie, formatCookie, readCookie } from '../../platform/http/cookies.ts'
import type { Assertion, IdentityProvider, IdentityProviderService, OidcClient } from '../identity-providers/index.ts'
import type { PrincipalService, PrincipalStore } from '../principals/index.ts'
import type { SessionService } from '../sessions/index.ts'
import type { Challenges, ReturnedChallenge } from './challenge.ts'
import { CHALLENGE_SECONDS } from './challenge.ts'
import { confirmMappings } from './groups.ts'
import type { FailureWatch } from './failures/watch.ts'
import type { Lockout } from './lockout.ts'
import type { Granted } from './roles.ts'
import { mapGroups } from './roles.ts'
import type { PersonStore } from './store.ts'
import type { FederatedSignIn, SignInStart } from './types.ts'

export interface FederatedDeps {
  readonly people: PersonStore
  readonly identityProviders: Pick<IdentityProviderService, 'get' | 'holdIn'>
  readonly oidc: OidcClient
  /** Mappings that a recertification took away. */
  readonly listTakenGroups: (tenant: string) => Promise<readonly string[]>
  readonly principals: Pick<PrincipalService, 'refresh'>
  readonly principalStore: Pick<PrincipalStore, 'putIn'>
  readonly sessions: Pick<SessionService, 'createSession' | 'endAll' | 'list'>
  readonly challenges: Challenges
  readonly lockout: Lockout
  readonly failures: Pick<FailureWatch, 'watchSource'>
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly publicUrl: () => string
}

const COOKIE = '__Host-breakwater-signin'
const ID_BYTES = 8
const NO_SESSION = 'none'
/** In the ledger, what the program did by itself. */
const PROGRAM = 'breakwater'

/** What the browser brings back in its cookie: for which provider, and which session it steps up. */
interface Attempt {
  readonly tenant: string
  readonly provider: string
  readonly session: string
  readonly challenge: ReturnedChallenge
}

export function createFederatedSignIn(deps: FederatedDeps): FederatedSignIn {
  const {
    people,
    identityProviders,
    oidc,
    principals,
    principalStore,
    sessions,
    challenges,
    lockout,
    failures,
    recordChange,
  } = deps
  const contextOf = (provider: string, session: string): readonly string[] => ['oidc', provider, session]
  // One address for each provider: what one sends back is never taken for another's (RFC 9700 section 4.4.2).
  const redirectUriOf = (provider: string): string =>
    new URL(`/api/v1/sign-in/callback/${provider}`, deps.publicUrl()).href

  async function begin(tenant: string, provider: IdentityProvider, session: string): Promise<SignInStart> {
    if (provider.isDisabled) throw new AppError('resource.unknown', { message: 'no such identity provider' })
    const challenge = challenges.mint(tenant, contextOf(provider.id, session))
    const maxAgeSeconds = session === NO_SESSION ? provider.maxAuthenticationAgeSeconds : 0
    const url = await oidc.authorizationUrl(tenant, provider, checksOf(provider, challenge, maxAgeSeconds))
    const value = [tenant, provider.id, session, challenge.text].join('.')
    return { url, cookie: formatCookie(COOKIE, value, { sameSite: 'Lax', maxAgeSeconds: CHALLENGE_SECONDS }) }
  }

  // Nothing of this is kept here: all of it follows from the cookie, which only this browser holds.
  function checksOf(provider: IdentityProvider, { derive }: Pick<ReturnedChallenge, 'derive'>, maxAgeSeconds: number) {
    return {
      state: derive('state'),
      nonce: derive('nonce'),
      codeVerifier: derive('code-verifier'),
      redirectUri: redirectUriOf(provider.id),
      maxAgeSeconds,
    }
  }

  function readAttempt(provider: string, header: string | null): Attempt {
    const [tenant = '', named, session = '', text = ''] = (readCookie(header, COOKIE) ?? '').split('.')
    if (named !== provider || !slugSchema.safeParse(tenant).success) throw failed()
    const challenge = challenges.read(tenant, contextOf(provider, session), text)
    return { tenant, provider, session, challenge }
  }

  /** The person of an assertion, made at the first log-in, with the roles that the groups give today. */
  async function admit(tenant: string, provider: IdentityProvider, assertion: Assertion): Promise<string> {
    const { issuer, subject, name, isMfa, groups } = assertion
    const known = await people.withSubject(tenant, issuer, subject, async (_trx, principal) => principal)
    const person = known === undefined ? undefined : await people.find(tenant, known)
    if (person) lockout.requireUnlocked(person)
    if (!isMfa) {
      if (person) await lockout.fail(person, 'auth.mfa-required')
      throw new AppError('auth.mfa-required', { message: 'the identity provider did not see more than one factor' })
    }
    if (person?.isDisabled) throw new AppError('auth.invalid', { message: 'this account cannot log in' })
    const mappings = confirmMappings(provider, await deps.listTakenGroups(tenant))
    const granted = mapGroups(groups, mappings)
    const held = [...new Set(mappings.map(({ group }) => group).filter((group) => groups.includes(group)))]
    const principal = await people.withSubject(tenant, issuer, subject, async (trx, existing) => {
      if (existing === undefined && granted.roles.length === 0) return undefined
      // The rules changed while the person was at the provider: by the old ones nobody comes in.
      if ((await identityProviders.holdIn(trx, tenant, provider.id)) !== provider.version) throw failed()
      const id = existing ?? `person-${randomBytes(ID_BYTES).toString('hex')}`
      if (!(await principalStore.putIn(trx, { tenant, id, kind: 'human', ...granted }))) throw failed()
      if (existing === undefined) {
        const about = { name, issuer, subject, identityProvider: provider.id, groups: held }
        await people.addIn(trx, { tenant, principal: id, ...about })
      } else {
        await people.updateIn(trx, { tenant, principal: id, name, identityProvider: provider.id, groups: held })
      }
      await people.clearFailuresIn(trx, tenant, id)
      if (!person || !isSame(person.roles, granted)) {
        const codes = ['identity-provider']
        await recordChange(trx, { actor: { tenant, id: PROGRAM }, kind: 'principal.put', object: id, codes })
      }
      return id
    })
    principals.refresh(tenant)
    if (principal !== undefined && granted.roles.length > 0) return principal
    if (principal !== undefined) await sessions.endAll({ tenant, id: PROGRAM }, principal, { reason: 'revoked' })
    throw new AppError('auth.no-role', { message: 'none of the person’s groups is mapped to a role' })
  }

  return {
    start: async (tenant, id) => begin(tenant, await identityProviders.get(tenant, id), NO_SESSION),

    async startStepUp({ tenant, id, session }) {
      const person = await people.find(tenant, id)
      if (!session || !person?.identityProvider) {
        throw new AppError('resource.conflict', { message: 'this account has no identity provider: use a passkey' })
      }
      return begin(tenant, await identityProviders.get(tenant, person.identityProvider), session.id)
    },

    async finish(providerId, callback, cookie, client) {
      const { tenant, session, challenge } = readAttempt(providerId, cookie)
      const provider = await identityProviders.get(tenant, providerId)
      if (provider.isDisabled) throw failed()
      const isStepUp = session !== NO_SESSION
      const now = deps.clock.now()
      const { sha256, expiresAt, issuedAt } = challenge
      const isFirst = await people.transact(tenant, async (trx) => people.claimIn(trx, tenant, sha256, expiresAt, now))
      if (!isFirst) throw failed()
      // Shown after the browser left: how long that took is part of the age.
      const waitedSeconds = Math.ceil((now.getTime() - issuedAt.getTime()) / 1_000)
      const maxAgeSeconds = isStepUp ? waitedSeconds : provider.maxAuthenticationAgeSeconds + waitedSeconds
      const assertion = await oidc.redeem(
        tenant,
        provider,
        atPublicUrl(callback),
        checksOf(provider, challenge, maxAgeSeconds),
      )
      const principal = await failures.watchSource(tenant, client, async () => admit(tenant, provider, assertion))
      if (isStepUp && !(await sessions.list(tenant, principal)).some(({ id }) => id === session)) throw failed()
      const { isMfa, isPhishingResistant, authenticatedAt } = assertion
      return sessions.createSession({
        tenant,
        principal,
        method: 'oidc',
        carrier: 'cookie',
        isMfa,
        isPhishingResistant,
        authenticatedAt,
        client,
        ...(isStepUp && { replaces: session }),
      })
    },
  }

  // Behind a proxy a request's own address is not the one that the provider was told.
  function atPublicUrl(callback: URL): URL {
    return new URL(`${callback.pathname}${callback.search}`, deps.publicUrl())
  }
}

export function clearSignInCookie(): string {
  return clearCookie(COOKIE, 'Lax')
}

function isSame(roles: readonly string[], granted: Granted): boolean {
  return roles.length === granted.roles.length && granted.roles.every((role) => roles.includes(role))
}

function failed(): AppError {
  return new AppError('auth.sign-in-failed', { message: 'this answer belongs to no log-in of this browser' })
}
