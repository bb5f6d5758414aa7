import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Actor, RecordChange, Transaction } from '../../../platform/audit/change.ts'
import type { SealedFields } from '../../../platform/secrets/sealed-fields.ts'
import type { PrincipalService, PrincipalStore } from '../../principals/index.ts'
import type { SessionService } from '../../sessions/index.ts'
import type { Challenges, ReturnedChallenge } from '../challenge.ts'
import type { PasskeyStore } from '../passkeys/store.ts'
import { describeRegistration, describeRelyingParty, readResponse, verifyRegistration } from '../passkeys/webauthn.ts'
import type { PersonStore } from '../store.ts'
import { describeUri, hashPassword, isCode, makeSecrets, stepAt } from '../totp/code.ts'
import type { TotpSecrets } from '../totp/code.ts'
import { placeOf } from '../totp/service.ts'
import type { TotpStore } from '../totp/store.ts'
import type { Invitation, InvitationLink, InvitationService } from '../types.ts'
import type { InvitationStore } from './store.ts'

export interface InvitationDeps {
  readonly store: InvitationStore
  readonly people: PersonStore
  readonly passkeys: PasskeyStore
  readonly totp: TotpStore
  readonly fields: SealedFields
  readonly principals: Pick<PrincipalService, 'ensureTenant' | 'refresh'>
  readonly principalStore: Pick<PrincipalStore, 'putIn'>
  readonly sessions: Pick<SessionService, 'createSession' | 'endAll'>
  readonly challenges: Challenges
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly publicUrl: () => string
  readonly userHandle: (tenant: string, principal: string) => Uint8Array
}

const TTL_SECONDS = 900
const SECRET_BYTES = 32
const TOKEN = /^bwi_([a-z0-9-]{1,63})_[\w-]{43}$/
const ID_CHARS = 16
/** In the ledger, what the program did by itself. */
const PROGRAM = 'breakwater'

export function createInvitationService(deps: InvitationDeps): InvitationService {
  const { store, people, passkeys, totp, fields, principals, principalStore, sessions, challenges } = deps
  const { clock, recordChange } = deps
  const relyingParty = () => describeRelyingParty(deps.publicUrl())

  async function issue(
    actor: Actor,
    what: Pick<Invitation, 'kind' | 'name' | 'roles' | 'principal'>,
    check: (countAdministrators: () => Promise<number>) => Promise<void> = async () => undefined,
  ): Promise<InvitationLink> {
    const { tenant } = actor
    const token = `bwi_${tenant}_${randomBytes(SECRET_BYTES).toString('base64url')}`
    const createdAt = clock.now()
    const expiresAt = new Date(createdAt.getTime() + TTL_SECONDS * 1_000)
    await people.transact(tenant, async (trx) => {
      await check(async () => people.countAdministratorsIn(trx, tenant))
      await store.addIn(trx, { tenant, sha256: hash(token), ...what, issuedBy: actor.id, createdAt, expiresAt })
      const about = { actor, kind: 'invite.issued', object: what.kind, codes: [what.kind] } as const
      await recordChange(trx, { ...about, ...(what.principal !== null && { principal: what.principal }) })
    })
    return { url: `${new URL('/enrol', deps.publicUrl()).href}#${token}`, expiresAt }
  }

  async function open(token: string): Promise<Invitation> {
    const tenant = TOKEN.exec(token)?.[1]
    const invitation = tenant === undefined ? undefined : await store.find(tenant, hash(token))
    if (!invitation || invitation.expiresAt <= clock.now()) throw invalid()
    return invitation
  }

  return {
    async issueBootstrap(tenant) {
      const actor = { tenant, id: PROGRAM }
      await principals.ensureTenant(actor)
      const what = { kind: 'bootstrap', name: 'administrator', roles: ['administrator'], principal: null } as const
      return issue(actor, what, async (count) => {
        if ((await count()) > 0) throw taken()
      })
    },

    invite: async (actor, { name, roles }) => issue(actor, { kind: 'invite', name, roles, principal: null }),

    async reinvite(actor, principal) {
      const person = await people.find(actor.tenant, principal)
      if (!person || person.isDisabled) throw new AppError('resource.unknown', { message: 'no such person' })
      if (person.issuer !== null) {
        throw new AppError('resource.conflict', { message: 'a person of an identity provider enrols there' })
      }
      const { name, roles } = person
      return issue(actor, { kind: 'reinvite', name, roles, principal })
    },

    async startEnrolment(token) {
      const invitation = await open(token)
      const { tenant, name } = invitation
      return describeRegistration(relyingParty(), {
        challenge: challenges.mint(tenant, contextOf(invitation)).text,
        userHandle: deps.userHandle(tenant, principalOf(invitation)),
        userName: name,
        known: [],
      })
    },

    async finishEnrolment(token, response, label, client) {
      const invitation = await open(token)
      const { tenant } = invitation
      const principal = principalOf(invitation)
      const { challenge: text } = readResponse(response)
      const challenge = challenges.read(tenant, contextOf(invitation), text)
      const made = await verifyRegistration(relyingParty(), response, text)
      await makeAccount(invitation, challenge, 'passkey', async (trx, at) =>
        passkeys.addIn(trx, { ...made, tenant, principal, label, createdAt: at, lastUsedAt: null }),
      )
      const factors = { method: 'passkey', isMfa: true, isPhishingResistant: true } as const
      return sessions.createSession({ tenant, principal, ...factors, carrier: 'cookie', client })
    },

    async startTotpEnrolment(token) {
      const invitation = await openForTotp(token)
      const challenge = challenges.mint(invitation.tenant, totpContextOf(invitation))
      const secrets = secretsOf(challenge)
      const uri = describeUri(new URL(deps.publicUrl()).host, invitation.name, secrets.secret)
      return { challenge: challenge.text, uri, ...secrets }
    },

    async finishTotpEnrolment(token, text, code, client) {
      const invitation = await openForTotp(token)
      const { tenant } = invitation
      const principal = principalOf(invitation)
      const challenge = challenges.read(tenant, totpContextOf(invitation), text)
      const { secret, password } = secretsOf(challenge)
      const lastStep = stepAt(clock.now())
      if (!isCode(secret, lastStep, code)) {
        throw new AppError('auth.sign-in-failed', { message: 'this is not the code of now', field: '/code' })
      }
      const id = randomUUID()
      const sealedSecret = await fields.seal(placeOf({ tenant, id }), secret)
      const factor = { tenant, id, principal, passwordSha256: hashPassword(password), sealedSecret, lastStep }
      await makeAccount(invitation, challenge, 'totp', async (trx, createdAt) =>
        totp.addIn(trx, { ...factor, createdAt }),
      )
      const factors = { method: 'totp', isMfa: true, isPhishingResistant: false } as const
      return sessions.createSession({ tenant, principal, ...factors, carrier: 'cookie', client })
    },
  }

  async function openForTotp(token: string): Promise<Invitation> {
    const invitation = await open(token)
    if (invitation.kind !== 'bootstrap') return invitation
    throw new AppError('auth.phishing-resistance-required', { message: 'the first administrator enrols a passkey' })
  }

  /** The account of a link with its first factor, or the new factor instead of all old ones: one transaction. */
  async function makeAccount(
    invitation: Invitation,
    challenge: ReturnedChallenge,
    method: 'passkey' | 'totp',
    addFactorIn: (trx: Transaction, at: Date) => Promise<void>,
  ): Promise<void> {
    const { tenant, kind, name, sha256 } = invitation
    const principal = principalOf(invitation)
    const actor = { tenant, id: principal }
    const now = clock.now()
    await people.transact(tenant, async (trx) => {
      if (!(await store.useIn(trx, tenant, sha256, now))) throw invalid()
      if (!(await people.claimIn(trx, tenant, challenge.sha256, challenge.expiresAt, now))) throw invalid()
      if (kind === 'reinvite') {
        await passkeys.revokeIn(trx, tenant, principal, now)
        await totp.revokeIn(trx, tenant, principal, now)
      } else {
        // Two links at once: one at a time, and the second finds the first's administrator.
        await people.lockIn(trx, tenant)
        if (kind === 'bootstrap' && (await people.countAdministratorsIn(trx, tenant)) > 0) throw taken()
        const roles = [...invitation.roles]
        await principalStore.putIn(trx, {
          tenant,
          id: principal,
          kind: 'human',
          roles,
          purposes: [],
          mayRestore: false,
        })
        await people.addIn(trx, {
          tenant,
          principal,
          name,
          issuer: null,
          subject: null,
          identityProvider: null,
          groups: [],
        })
      }
      await addFactorIn(trx, now)
      await people.clearFailuresIn(trx, tenant, principal)
      const codes = [kind, method]
      await recordChange(trx, { actor, kind: 'account.enrolled', object: kind, principal, codes })
    })
    principals.refresh(tenant)
    if (kind === 'reinvite') await sessions.endAll(actor, principal, { reason: 'credentials-changed' })
  }
}

/** They follow from the challenge, which only this server can turn into them: nothing is kept until they are used. */
function secretsOf({ derive }: Pick<ReturnedChallenge, 'derive'>): TotpSecrets {
  return makeSecrets(derive('totp-secret'), derive('password'))
}

/** Known before the account is made, so that the authenticator can be told whose passkey it makes. */
function principalOf({ principal, sha256 }: Invitation): string {
  return principal ?? `person-${createHash('sha256').update(sha256).digest('hex').slice(0, ID_CHARS)}`
}

function contextOf({ sha256 }: Invitation): readonly string[] {
  return ['enrol', sha256.toString('hex')]
}

function totpContextOf({ sha256 }: Invitation): readonly string[] {
  return ['enrol-totp', sha256.toString('hex')]
}

/** A token is 256 random bits, so one plain hash cannot be turned back. */
function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function invalid(): AppError {
  return new AppError('auth.invalid', { message: 'the link was used, has run out or is none' })
}

function taken(): AppError {
  return new AppError('resource.conflict', { message: 'somebody administers already: ask them for an invitation' })
}
