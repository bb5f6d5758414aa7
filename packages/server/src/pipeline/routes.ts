import { randomUUID } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { readCredentials } from '../platform/http/credentials.ts'
import type { ServerEnv } from '../platform/http/env.ts'
import { toAppError } from '../platform/http/problem.ts'
import type { Endpoint, PartialCrossing, Received } from './context.ts'
import { DEFAULT_LIMITS } from './deps.ts'
import type { CrossingDeps, StageDeps } from './deps.ts'
import { describeActor, draftFailure } from './record.ts'
import { CHAINS, STAGES } from './stages.ts'

/**
 * OpenAI's namespace as far as it may be crossed, the preview, and the table of stages. Whatever else is asked for under
 * `/v1` is refused, and recorded when the caller is known.
 */
export function crossingRoutes(deps: CrossingDeps): Hono<ServerEnv> {
  const stageDeps: StageDeps = { ...deps, limits: { ...DEFAULT_LIMITS, ...deps.limits } }
  return new Hono<ServerEnv>()
    .post('/v1/chat/completions', async (c) => cross(c, 'chat.completions', stageDeps))
    .post('/api/v1/preview', async (c) => cross(c, 'preview', stageDeps))
    .get('/api/v1/pipeline', async (c) => {
      c.set('caller', await deps.authenticator.authenticate(readCredentials(c)))
      return c.json({ endpoints: STAGES })
    })
    .all('/v1/*', async (c) => refuseUnknown(c, stageDeps))
}

async function cross(c: Context<ServerEnv>, endpoint: Endpoint, deps: StageDeps): Promise<Response> {
  let known: PartialCrossing = receive(c, endpoint)
  try {
    return await CHAINS[endpoint].run(known, deps, (context) => {
      known = context
    })
  } catch (thrown) {
    const error = toAppError(thrown)
    known.abort?.abort()
    const tenant = c.get('caller')?.tenant
    // A refusal that cannot be recorded is answered as the ledger's failure: either way nothing left.
    if (tenant !== undefined) await deps.ledger.append(draftFailure(tenant, known, error))
    throw error
  }
}

function receive(c: Context<ServerEnv>, endpoint: Endpoint): Received {
  const identify: Received['identify'] = (principal) => c.set('caller', principal)
  return { endpoint, crossing: randomUUID(), request: c.req.raw, credentials: readCredentials(c), identify }
}

async function refuseUnknown(c: Context<ServerEnv>, { authenticator, ledger }: StageDeps): Promise<never> {
  const principal = await authenticator.authenticate(readCredentials(c))
  c.set('caller', principal)
  const error = new AppError('route.unknown', { message: 'nobody declared this method and path' })
  const { id, tenant } = principal
  await ledger.append({
    tenant,
    kind: 'crossing.refused',
    principal: id,
    actor: describeActor(principal),
    decision: 'deny',
    codes: [error.code],
  })
  throw error
}
