import { randomUUIDv7 } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { readCredentials } from '../platform/http/credentials.ts'
import type { DirectRoute } from '../platform/http/direct-door.ts'
import type { ServerEnv } from '../platform/http/env.ts'
import { readExchange } from '../platform/http/exchange.ts'
import { answerComplete } from '../platform/http/headers.ts'
import { toAppError } from '../platform/http/problem.ts'
import { NO_TELEMETRY } from '../platform/telemetry/index.ts'
import type { CrossingTrace } from '../platform/telemetry/index.ts'
import type { Chain } from './chain.ts'
import type { Act, PartialCrossing, Received } from './context.ts'
import { DEFAULT_LIMITS } from './deps.ts'
import type { CrossingDeps, StageDeps } from './deps.ts'
import { CHAT_COMPLETIONS, ENDPOINT_SPECS } from './endpoints/index.ts'
import type { EndpointSpec } from './endpoints/index.ts'
import type { LinePipeline } from '../features/line-batches/index.ts'
import { createLinePipeline } from './lines.ts'
import { answerMcp } from './mcp.ts'
import type { CrossTool } from './mcp.ts'
import { listModels } from './models.ts'
import { describeTrace, draftFailure, draftUnknown } from './record.ts'
import { CHAINS, STAGES } from './stages.ts'

/** Namespaces of other makers: what nobody declared there is refused. */
const NAMESPACES = ['/v1/*', '/anthropic/*', '/mcp/*'] as const

/**
 * OpenAI's namespace as far as it may be crossed, the preview, and the table of stages. Whatever else is asked for under
 * `/v1` is refused, and recorded when the caller is known.
 */
export function crossingRoutes(deps: CrossingDeps): Hono<ServerEnv> {
  const stageDeps = withLimits(deps)
  const routes = new Hono<ServerEnv>()
  for (const endpoint of ENDPOINT_SPECS) {
    routes.post(endpoint.path, async (c) => answerComplete(await cross(receive(c, 'cross', endpoint), stageDeps)))
  }
  routes
    .post('/api/v1/preview', async (c) => preview(receive(c, 'preview', findEndpoint(c)), stageDeps))
    .get('/api/v1/pipeline', async (c) => {
      c.set('caller', await deps.authenticator.authenticate(readCredentials(c)))
      return c.json({ detection: deps.engine.set ?? null, endpoints: STAGES })
    })
  routes
    .get('/v1/models', async (c) => c.json({ object: 'list', data: await openModels(c, stageDeps) }))
    .get('/v1/models/:id{.+}', async (c) => {
      const found = (await openModels(c, stageDeps)).find(({ id }) => id === c.req.param('id'))
      if (found) return c.json(found)
      throw new AppError('provider.unknown-model', { message: 'no provider serves this model to you' })
    })
  routes
    .post('/mcp/:server', async (c) => {
      const exchange = readExchange(c)
      const identify: Received['identify'] = (principal) => c.set('caller', principal)
      const answerTool: CrossTool = async (endpoint, read) =>
        cross({ act: 'cross', endpoint, crossing: newCrossing(), exchange: read, identify }, stageDeps)
      const noteId = (id: string): void => c.set('rpcId', id)
      const server = c.req.param('server')
      const answer = await answerMcp({ exchange, server, identify, noteId }, stageDeps, answerTool)
      return answer ? answerComplete(answer) : c.body(null, 202)
    })
    // Neither a stream of the server's own messages nor a session to end: both are left to the server's side of the wall.
    .on(['GET', 'DELETE'], '/mcp/:server', async (c) => {
      c.set('caller', await deps.authenticator.authenticate(readCredentials(c)))
      return c.body(null, 405, { allow: 'POST' })
    })
  for (const namespace of NAMESPACES) routes.all(namespace, async (c) => refuseUnknown(c, stageDeps))
  return routes
}

/** The crossing that most requests want, for a door beside the router. */
export function directCrossing(deps: CrossingDeps): DirectRoute {
  const stageDeps = withLimits(deps)
  return {
    path: CHAT_COMPLETIONS.path,
    maxBodyBytes: stageDeps.limits.maxBodyBytes,
    answer: async (exchange, identify) =>
      cross({ act: 'cross', endpoint: CHAT_COMPLETIONS, crossing: newCrossing(), exchange, identify }, stageDeps),
  }
}

/** The crossing that lines of batches take. */
export function lineCrossing(deps: CrossingDeps): LinePipeline {
  const stageDeps = withLimits(deps)
  return createLinePipeline(stageDeps, async (line, authenticator) =>
    cross({ ...line, act: 'cross', identify: () => undefined }, { ...stageDeps, authenticator }),
  )
}

/** Ordered by time (RFC 9562, section 5.7): the log's index of crossings then grows at its end, instead of anywhere in it. */
const newCrossing = (): string => randomUUIDv7()

function withLimits(deps: CrossingDeps): StageDeps {
  return { ...deps, limits: { ...DEFAULT_LIMITS, ...deps.limits }, telemetry: deps.telemetry ?? NO_TELEMETRY }
}

/** A request before its record has begun. */
type Arrived = Omit<Received, 'trace'>

const cross = recordFailures(CHAINS.cross)
const preview = recordFailures(CHAINS.preview)

/** Runs a column; what it throws is recorded first, with as much as was known by then. */
function recordFailures<Out>(chain: Chain<Out>): (arrived: Arrived, deps: StageDeps) => Promise<Out> {
  return async (arrived, deps) => {
    const trace = beginTrace(arrived, deps)
    const received = { ...arrived, trace }
    let known: PartialCrossing = received
    let tenant: string | undefined
    const identify: Received['identify'] = (principal) => {
      tenant = principal.tenant
      received.identify(principal)
    }
    try {
      return await chain.run({ ...received, identify }, deps, (context, stage) => {
        known = context
        trace.stage(stage)
      })
    } catch (thrown) {
      const error = toAppError(thrown)
      known.abort?.abort()
      known.spending?.end()
      trace.end({ ...describeTrace(known), code: error.code })
      // A refusal that cannot be recorded is answered as the ledger's failure: either way nothing left.
      if (tenant !== undefined) await deps.ledger.append(draftFailure(tenant, known, error))
      throw error
    }
  }
}

/** The caller's own trace goes on in ours; nothing of ours goes to the provider. */
function beginTrace({ act, endpoint, exchange }: Arrived, { telemetry }: StageDeps): CrossingTrace {
  const traceparent = exchange.credentials.headers.get('traceparent') ?? undefined
  return telemetry.beginCrossing({ endpoint: endpoint.id, act, traceparent })
}

function receive(c: Context<ServerEnv>, act: Act, endpoint: EndpointSpec): Arrived {
  const identify: Received['identify'] = (principal) => c.set('caller', principal)
  return { act, endpoint, crossing: newCrossing(), exchange: readExchange(c), identify }
}

/** The endpoint whose body is previewed: `?endpoint=`, or chat completions. Throws `body.invalid`. */
function findEndpoint(c: Context<ServerEnv>): EndpointSpec {
  const named = c.req.query('endpoint') ?? CHAT_COMPLETIONS.id
  const found = ENDPOINT_SPECS.find(({ id }) => id === named)
  if (found) return found
  throw new AppError('body.invalid', { message: 'endpoint: not one that can be crossed', field: 'endpoint' })
}

/** Never the vendor's own list: it names what nobody agreed on. */
async function openModels(c: Context<ServerEnv>, deps: StageDeps): ReturnType<typeof listModels> {
  const principal = await deps.authenticator.authenticate(readCredentials(c))
  c.set('caller', principal)
  return listModels(principal, c.req.header('Breakwater-Purpose') ?? null, deps)
}

async function refuseUnknown(c: Context<ServerEnv>, { authenticator, ledger }: StageDeps): Promise<never> {
  const principal = await authenticator.authenticate(readCredentials(c))
  c.set('caller', principal)
  const error = new AppError('route.unknown', { message: 'nobody declared this method and path' })
  await ledger.append(draftUnknown(principal))
  throw error
}
