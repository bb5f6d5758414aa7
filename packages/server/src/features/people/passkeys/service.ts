import type { PasskeyRecord } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { RecordChange } from '../../../platform/audit/change.ts'
import type { Caller } from '../../../platform/http/env.ts'
import type { SessionService } from '../../sessions/index.ts'
import type { Challenges } from '../challenge.ts'
import type { FailureWatch } from '../failures/watch.ts'
import type { Lockout } from '../lockout.ts'
import type { PersonStore } from '../store.ts'
import type { Passkey, PasskeyService, Person, WebAuthnJson } from '../types.ts'
import type { PasskeyStore } from './store.ts'
import {
  describeAuthentication,
  describeRegistration,
  describeRelyingParty,
  readResponse,
  verifyAuthentication,
  verifyRegistration,
} from './webauthn.ts'

export interface PasskeyDeps {
  readonly store: PasskeyStore
  readonly people: PersonStore
  readonly sessions: Pick<SessionService, 'createSession' | 'endAll'>
  readonly challenges: Challenges
  readonly lockout: Lockout
  readonly failures: Pick<FailureWatch, 'watchSource'>
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly publicUrl: () => string
  /** The same for all passkeys of one person. */
  readonly userHandle: (tenant: string, principal: string) => Uint8Array
}

const SIGN_IN = ['passkey', 'sign-in']
const stepUpContext = (session: string): readonly string[] => ['passkey', 'step-up', session]
const addContext = (session: string): readonly string[] => ['passkey', 'add', session]

/** A passkey is more than one factor: the device, and what the device asks of its user (WebAuthn Level 3 section 6.2.3). */
export function createPasskeyService(deps: PasskeyDeps): PasskeyService {
  const { store, people, sessions, challenges, lockout, failures, clock, recordChange, userHandle } = deps
  const relyingParty = () => describeRelyingParty(deps.publicUrl())

  /** Who answered a challenge of this context. Whatever is wrong with it, the answer is the same. */
  async function verify(tenant: string, context: readonly string[], response: WebAuthnJson): Promise<Person> {
    const { id, challenge: text } = readResponse(response)
    const challenge = challenges.read(tenant, context, text)
    const passkey = await store.find(tenant, id)
    const person = passkey && (await people.find(tenant, passkey.principal))
    if (!passkey || !person) throw failed()
    lockout.requireUnlocked(person)
    const used = await verifyAuthentication(relyingParty(), response, text, passkey).catch(async (error: unknown) => {
      await lockout.fail(person, 'auth.sign-in-failed')
      throw error
    })
    if (person.isDisabled) throw new AppError('auth.invalid', { message: 'this account cannot log in' })
    await people.transact(tenant, async (trx) => {
      const { sha256, expiresAt } = challenge
      const now = clock.now()
      const isFirst = await people.claimIn(trx, tenant, sha256, expiresAt, now)
      if (!isFirst || !(await store.useIn(trx, passkey, { ...used, at: now }))) throw failed()
      await people.clearFailuresIn(trx, tenant, person.principal)
    })
    return person
  }

  return {
    async startSignIn(tenant) {
      return describeAuthentication(relyingParty(), challenges.mint(tenant, SIGN_IN).text, [])
    },

    async finishSignIn(tenant, response, client) {
      const { principal } = await failures.watchSource(tenant, client, async () => verify(tenant, SIGN_IN, response))
      const factors = { method: 'passkey', isMfa: true, isPhishingResistant: true } as const
      return sessions.createSession({ tenant, principal, ...factors, carrier: 'cookie', client })
    },

    async startStepUp(caller) {
      const { text } = challenges.mint(caller.tenant, stepUpContext(sessionOf(caller)))
      return describeAuthentication(relyingParty(), text, await store.list(caller.tenant, caller.id))
    },

    async finishStepUp(caller, response, client) {
      const { tenant, id } = caller
      const replaces = sessionOf(caller)
      const context = stepUpContext(replaces)
      const { principal } = await failures.watchSource(tenant, client, async () => verify(tenant, context, response))
      if (principal !== id) throw failed()
      const factors = { method: 'passkey', isMfa: true, isPhishingResistant: true } as const
      return sessions.createSession({ tenant, principal, ...factors, carrier: 'cookie', client, replaces })
    },

    list: async (tenant, principal) => (await store.list(tenant, principal)).map(toRecord),

    async startAdding(caller) {
      const { tenant, id } = caller
      const person = await people.find(tenant, id)
      if (!person) throw new AppError('resource.unknown', { message: 'no person of this server' })
      return describeRegistration(relyingParty(), {
        challenge: challenges.mint(tenant, addContext(sessionOf(caller))).text,
        userHandle: userHandle(tenant, id),
        userName: person.name,
        known: await store.list(tenant, id),
      })
    },

    async add(caller, response, label) {
      const { tenant, id: principal } = caller
      const { challenge: text } = readResponse(response)
      const challenge = challenges.read(tenant, addContext(sessionOf(caller)), text)
      const made = await verifyRegistration(relyingParty(), response, text)
      const now = clock.now()
      await people.transact(tenant, async (trx) => {
        if (!(await people.claimIn(trx, tenant, challenge.sha256, challenge.expiresAt, now))) throw failed()
        await store.addIn(trx, { ...made, tenant, principal, label, createdAt: now, lastUsedAt: null })
        await recordChange(trx, { actor: caller, kind: 'passkey.added', object: 'passkey', principal })
      })
    },

    async revoke(caller, id) {
      const { tenant, id: principal } = caller
      const person = await people.find(tenant, principal)
      const isLocal = person?.issuer === null
      await people.transact(tenant, async (trx) => {
        const revoked = await store.revokeIn(trx, tenant, principal, clock.now(), id)
        if (revoked === 0) throw new AppError('resource.unknown', { message: 'no such passkey' })
        if (isLocal && (await store.countIn(trx, tenant, principal)) === 0) {
          throw new AppError('resource.conflict', {
            message: 'the last passkey of a local account stays: add another first',
          })
        }
        await recordChange(trx, { actor: caller, kind: 'passkey.revoked', object: 'passkey', principal })
      })
      const keep = caller.session?.id
      await sessions.endAll(caller, principal, { reason: 'credentials-changed', ...(keep !== undefined && { keep }) })
    },
  }
}

function sessionOf({ session }: Caller): string {
  if (session) return session.id
  throw new AppError('auth.step-up-required', { message: 'only a person’s session has passkeys' })
}

function toRecord({ id, label, isBackedUp, createdAt, lastUsedAt }: Passkey): PasskeyRecord {
  return {
    id,
    label,
    isBackedUp,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}

function failed(): AppError {
  return new AppError('auth.sign-in-failed', { message: 'the passkey’s answer does not belong to this log-in' })
}
