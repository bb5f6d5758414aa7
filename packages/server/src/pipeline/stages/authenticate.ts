import { whenThere } from '../../platform/async/soon.ts'
import type { Stage } from '../chain.ts'
import type { Authenticated, Received } from '../context.ts'

/** Who calls, by the one credential that the request carries. */
export const authenticate: Stage<Received, Authenticated> = (context, { authenticator, people }) =>
  whenThere(authenticator.authenticate(context.exchange.credentials), (principal) => {
    context.identify(principal)
    return whenThere(people.requireSetup(principal.tenant), () => ({ ...context, principal }))
  })
