import { AppError } from '@breakwater/kernel'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'
import { findBearer } from '../../platform/http/bearer.ts'
import type { Credentials } from '../../platform/http/credentials.ts'
import type { Principal } from '../principals/index.ts'
import type { AuthenticationScheme, Authenticator } from './types.ts'

const ACTOR_HEADER = 'Breakwater-Actor'
// An id of the service's own making, as the ledger takes it. Blanks would let in a name.
const ACTOR = /^[A-Za-z0-9._:/@-]{1,128}$/

export interface AuthenticatorOptions {
  /** What a caller has or lacks at this second, beside what its credential says. */
  readonly enrich?: (caller: Principal) => Soon<Principal>
}

/** Exactly one credential of one scheme: with two, a reader and a checker could each believe another. */
export function createAuthenticator(
  schemes: readonly AuthenticationScheme[],
  { enrich = (caller) => caller }: AuthenticatorOptions = {},
): Authenticator {
  function requireScheme(credentials: Credentials): AuthenticationScheme {
    let found: AuthenticationScheme | undefined
    for (const scheme of schemes) {
      if (!scheme.matches(credentials)) continue
      if (found) throw new AppError('auth.invalid', { message: 'the request carries two credentials' })
      found = scheme
    }
    if (!found) throw refuseUnknown(credentials)
    return found
  }

  return {
    authenticate: (credentials) =>
      whenThere(credentials, () =>
        whenThere(requireScheme(credentials).authenticate(credentials), (caller) =>
          enrich(nameActor(caller, credentials)),
        ),
      ),
  }
}

/** Whom a service says it acts for is only asserted, and never replaces somebody whom a token vouches for. */
function nameActor(principal: Principal, { headers }: Credentials): Principal {
  const stated = headers.get(ACTOR_HEADER)
  if (stated === null || principal.kind !== 'service' || principal.actor) return principal
  if (!ACTOR.test(stated)) throw new AppError('body.invalid', { message: 'not an id', field: ACTOR_HEADER })
  return { ...principal, actor: { id: stated, assurance: 'asserted' } }
}

function refuseUnknown({ headers }: Credentials): AppError {
  return findBearer(headers.get('authorization') ?? undefined) === undefined
    ? new AppError('auth.missing', { message: 'send Authorization: Bearer <token>' })
    : new AppError('auth.invalid', { message: 'no token of this server has this form' })
}
