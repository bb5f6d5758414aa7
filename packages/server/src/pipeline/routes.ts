import { randomUUID } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { readCredentials } from '../platform/http/credentials.ts'
import type { DirectRoute } from '../platform/http/direct-door.ts'
import type { ServerEnv } from '../platform/http/env.ts'
import { readExchange } from '../platform/http/exchange.ts'
import { answerComplete } from '../platform/http/headers.ts'
import { toAppError } from '../platform/http/problem.ts'
import type { Chain } from './chain.ts'
import type { Endpoint, PartialCrossing, Received } from './context.ts'
import { DEFAULT_LIMITS } from './deps.ts'
import type { CrossingDeps, StageDeps } from './deps.ts'
import { describeActor, draftFailure } from './record.ts'
import { CHAINS, STAGES } from './stages.ts'

const CHAT_PATH = '/v1/chat/completions'

/**
 * OpenAI's namespace as far as it may be crossed, the preview, and the table of stages. Whatever else is asked for under
 * `/v1` is refused, and recorded when the caller is known.
 */
export function crossingRoutes(deps: CrossingDeps): Hono<ServerEnv> {
  const stageDeps = withLimits(deps)
  return new Hono<ServerEnv>()
    .post(CHAT_PATH, async (c) => answerComplete(await cross(receive(c, 'chat.completions'), stageDeps)))
    .post('/api/v1/preview', async (c) => preview(receive(c, 'preview'), stageDeps))
    .get('/api/v1/pipeline', async (c) => {
      c.set('caller', await deps.authenticator.authenticate(readCredentials(c)))
      return c.json({ endpoints: STAGES })
    })
    .all('/v1/*', async (c) => refuseUnknown(c, stageDeps))
}

/** The crossing that most requests want, for a door beside the router. */
export function directCrossing(deps: CrossingDeps): DirectRoute {
  const stageDeps = withLimits(deps)
  return {
    path: CHAT_PATH,
    maxBodyBytes: stageDeps.limits.maxBodyBytes,
    answer: async (exchange, identify) =>
      cross({ endpoint: 'chat.completions', crossing: randomUUID(), exchange, identify }, stageDeps),
  }
}

function withLimits(deps: CrossingDeps): StageDeps {
  return { ...deps, limits: { ...DEFAULT_LIMITS, ...deps.limits } }
}

const cross = recordFailures(CHAINS['chat.completions'])
const preview = recordFailures(CHAINS.preview)

/** Runs a column; what it throws is recorded first, with as much as was known by then. */
function recordFailures<Out>(chain: Chain<Out>): (received: Received, deps: StageDeps) => Promise<Out> {
  return async (received, deps) => {
    let known: PartialCrossing = received
    let tenant: string | undefined
    const identify: Received['identify'] = (principal) => {
      tenant = principal.tenant
      received.identify(principal)
    }
    try {
      return await chain.run({ ...received, identify }, deps, (context) => {
        known = context
      })
    } catch (thrown) {
      const error = toAppError(thrown)
      known.abort?.abort()
      // A refusal that cannot be recorded is answered as the ledger's failure: either way nothing left.
      if (tenant !== undefined) await deps.ledger.append(draftFailure(tenant, known, error))
      throw error
    }
  }
}

function receive(c: Context<ServerEnv>, endpoint: Endpoint): Received {
  const identify: Received['identify'] = (principal) => c.set('caller', principal)
  return { endpoint, crossing: randomUUID(), exchange: readExchange(c), identify }
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
