import type { Clock, Keyring, Log } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { SealedFields } from '../../platform/secrets/sealed-fields.ts'
import type { AlertService } from '../alerts/index.ts'
import type { IdentityProviderService, OidcClient } from '../identity-providers/index.ts'
import type { PrincipalService, PrincipalStore } from '../principals/index.ts'
import type { SessionService } from '../sessions/index.ts'
import { createChallenges } from './challenge.ts'
import type { FailureStore } from './failures/store.ts'
import { createFailureWatch } from './failures/watch.ts'
import { createFederatedSignIn } from './federated.ts'
import { createInvitationService } from './invitations/service.ts'
import type { InvitationStore } from './invitations/store.ts'
import { createLockout } from './lockout.ts'
import { createPasskeyService } from './passkeys/service.ts'
import type { PasskeyStore } from './passkeys/store.ts'
import { createPeopleService } from './service.ts'
import type { PersonStore } from './store.ts'
import { createTotpService } from './totp/service.ts'
import type { TotpStore } from './totp/store.ts'
import type { FederatedSignIn, InvitationService, PasskeyService, PeopleService, TotpService } from './types.ts'

export interface PeopleSliceDeps {
  readonly stores: {
    readonly people: PersonStore
    readonly passkeys: PasskeyStore
    readonly invitations: InvitationStore
    readonly totp: TotpStore
    readonly failures: FailureStore
    readonly principals: Pick<PrincipalStore, 'putIn'>
  }
  readonly fields: SealedFields
  readonly alerts: Pick<AlertService, 'raiseIn'>
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly recordChange: RecordChange
  readonly principals: PrincipalService
  readonly sessions: SessionService
  readonly identityProviders: IdentityProviderService
  readonly oidc: OidcClient
  readonly listTakenGroups: (tenant: string) => Promise<readonly string[]>
  readonly publicUrl: () => string
  readonly environment: 'development' | 'staging' | 'production'
}

export interface PeopleSlice {
  readonly people: PeopleService
  readonly passkeys: PasskeyService
  readonly totp: TotpService
  readonly invitations: InvitationService
  readonly federated: FederatedSignIn
}

/** The five services that share who people are, which challenges were used, and who is locked. */
export function createPeopleSlice(deps: PeopleSliceDeps): PeopleSlice {
  const { stores, fields, alerts, clock, log, keyring, recordChange, principals, sessions, identityProviders } = deps
  const { oidc, publicUrl } = deps
  const challenges = createChallenges(keyring, clock)
  const failures = createFailureWatch({ store: stores.failures, alerts, keyring, clock, log, recordChange })
  const lockout = createLockout({ store: stores.people, clock, log, recordChange, alerts, failures })
  const shared = {
    people: stores.people,
    sessions,
    challenges,
    lockout,
    failures,
    clock,
    recordChange,
    publicUrl,
    principals,
  }

  // Under version 1 of the key for good: a handle that changed would be another account to an authenticator.
  const userHandle = (tenant: string, principal: string): Uint8Array =>
    keyring.deriveMac('tokens', 1, tenant, ['passkey-user'])(principal)

  return {
    people: createPeopleService({
      store: stores.people,
      passkeys: stores.passkeys,
      totp: stores.totp,
      identityProviders,
      clock,
      recordChange,
      environment: deps.environment,
    }),
    passkeys: createPasskeyService({ ...shared, store: stores.passkeys, userHandle }),
    totp: createTotpService({ ...shared, store: stores.totp, fields, alerts }),
    invitations: createInvitationService({
      ...shared,
      totp: stores.totp,
      fields,
      store: stores.invitations,
      passkeys: stores.passkeys,
      principalStore: stores.principals,
      userHandle,
    }),
    federated: createFederatedSignIn({
      ...shared,
      identityProviders,
      oidc,
      listTakenGroups: deps.listTakenGroups,
      principalStore: stores.principals,
    }),
  }
}
