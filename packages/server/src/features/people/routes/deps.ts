import type { Clock } from '@breakwater/kernel'
import type { SessionService } from '../../sessions/index.ts'
import type { FederatedSignIn, InvitationService, PasskeyService, PeopleService, TotpService } from '../types.ts'

export interface PeopleRouteDeps {
  readonly people: PeopleService
  readonly passkeys: PasskeyService
  readonly totp: TotpService
  readonly invitations: InvitationService
  readonly federated: FederatedSignIn
  readonly sessions: Pick<SessionService, 'list'>
  readonly clock: Clock
  /** Address of this server as people's browsers know it. */
  readonly publicUrl: () => string
  /** Whose log-in it is when a request names no tenant. */
  readonly homeTenant: string
}
