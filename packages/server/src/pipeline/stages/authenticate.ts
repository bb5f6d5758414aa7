import type { Stage } from '../chain.ts'
import type { Authenticated, Received } from '../context.ts'

/** Who calls, by the one credential that the request carries. */
export const authenticate: Stage<Received, Authenticated> = async (context, { authenticator, people }) => {
  const principal = await authenticator.authenticate(context.exchange.credentials)
  context.identify(principal)
  await people.requireSetup(principal.tenant)
  return { ...context, principal }
}
