import { ENDPOINTS } from '@breakwater/contract'
import { startUpstream } from '@breakwater/testkit'
import type { ScriptedUpstream } from '@breakwater/testkit'
import type { LedgerEntry } from '@breakwater/ledger'
import { Hono } from 'hono'
import OpenAI from 'openai'
import type { CrossingDeps } from '../pipeline/index.ts'
import { crossingRoutes } from '../pipeline/index.ts'
import { readTenant } from '../features/principals/index.ts'
import type { Db } from '../platform/db/database.ts'
import type { ServerEnv } from '../platform/http/env.ts'
import { answerError, createErrorHandler } from '../platform/http/problem.ts'
import { createRefusalCounter } from '../platform/http/rate-limit.ts'
import { countRefusals, createRefusalGate } from '../platform/http/refusals.ts'
import { loadResidualScanner, loadTextEngine } from '../startup/engine.ts'
import { createProviderAdapters } from '../providers/index.ts'
import type { ProviderAdapters } from '../providers/index.ts'
import { createTestApp } from './app.ts'
import type { TestApp } from './app.ts'

/** The crossing on a seeded application, with a scripted model server behind the model `scripted`. */
export interface TestCrossing {
  readonly app: TestApp
  readonly upstream: ScriptedUpstream
  readonly adapters: ProviderAdapters
  readonly routes: Hono<ServerEnv>
  /** The unmodified client, calling in process. */
  readonly client: OpenAI
  send(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Entries of the pipeline, oldest first. */
  entries(): Promise<LedgerEntry[]>
  close(): Promise<void>
}

const PIPELINE_KINDS = ['crossing.intent', 'crossing.outcome', 'crossing.refused', 'preview.made']

export async function createTestCrossing(db: Db, changes: Partial<CrossingDeps> = {}): Promise<TestCrossing> {
  const [app, upstream, engine, scanner] = [
    await createTestApp(db),
    await startUpstream(),
    changes.engine ?? (await loadTextEngine()),
    await loadResidualScanner(),
  ]
  const { services, tenant, tokens, keyring, clock } = app
  const admin = { tenant, id: 'admin' }
  await services.providers.put(admin, {
    id: 'scripted',
    kind: 'openai-compatible',
    baseUrl: upstream.baseUrl,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: ['scripted'],
  })
  await services.agreements.put(admin, {
    id: 'scripted',
    kind: 'internal',
    provider: 'scripted',
    endpoints: [...ENDPOINTS],
    models: ['scripted'],
    purposes: ['TREAT', 'HPAYMT'],
    effectiveFrom: clock.now(),
    effectiveTo: new Date(clock.now().getTime() + 86_400_000),
  })
  const adapters = createProviderAdapters()
  const ledger = changes.ledger ?? services.ledger
  // Databases serve one test after the other: a stream that an earlier one left unread may still end in this one's.
  const own = new Set<string>()
  const noting: CrossingDeps['ledger']['append'] = async (draft) => {
    if (draft.crossing !== undefined) own.add(draft.crossing)
    return ledger.append(draft)
  }
  const deps: CrossingDeps = {
    ...services,
    clock,
    egress: services.access.freezes,
    keyring,
    engine,
    scanner,
    adapters,
    ...changes,
    ledger: { append: noting },
  }
  const routes = new Hono<ServerEnv>()
    .onError(createErrorHandler(() => undefined))
    .use(
      countRefusals(
        createRefusalGate(createRefusalCounter({ maxPerMinute: 1_000 }), { readTenant, homeTenant: 'default' }),
        answerError,
      ),
    )
    .route('/', crossingRoutes(deps))
  const client = new OpenAI({
    baseURL: 'http://gateway.example.org/v1',
    apiKey: tokens.app,
    maxRetries: 0,
    fetch: async (url, init) => routes.request(url instanceof Request ? url.url : url, init),
  })
  return {
    app,
    upstream,
    adapters,
    routes,
    client,
    send: async (path, body, headers = {}) =>
      routes.request(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens.app}`, ...headers },
        body:
          typeof body === 'string' || body instanceof Uint8Array
            ? new Uint8Array(Buffer.from(body))
            : JSON.stringify(body),
      }),
    entries: async () => {
      const rows = await app.readLedger()
      return rows
        .map(({ entry }) => entry)
        .filter(({ kind, crossing }) => PIPELINE_KINDS.includes(kind) && (crossing === undefined || own.has(crossing)))
    },
    close: async () => {
      await adapters.close()
      await upstream.close()
    },
  }
}
