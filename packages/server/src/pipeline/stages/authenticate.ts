import { readBearer } from '../../platform/http/bearer.ts'
import type { Stage } from '../chain.ts'
import type { Authenticated, Received } from '../context.ts'

/** Who calls: a bearer token (RFC 6750), of which only the hash is known here. */
export const authenticate: Stage<Received, Authenticated> = async (context, { principals }) => {
  const principal = await principals.authenticate(readBearer(context.request.headers.get('authorization') ?? undefined))
  context.identify(principal)
  return { ...context, principal }
}
