import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { App } from '../app.ts'
import { createApp, HOME_TENANT } from '../app.ts'
import { readSite } from '../features/console/index.ts'
import { toAppError } from '../platform/http/problem.ts'
import { startTlsServer } from '../platform/http/server.ts'
import { createHandshakeCounter } from '../platform/tls/handshakes.ts'
import { openTelemetry } from '../platform/telemetry/index.ts'
import type { ServerIdentity } from '../platform/tls/local-ca.ts'
import type { Closers } from './closers.ts'
import type { Databases } from './databases.ts'
import { openDetection } from './engine.ts'
import { openKeys } from './keys.ts'
import { createHandshakeReport } from './handshakes.ts'
import { createIdentityWatch, readIdentity } from './identity.ts'
import type { Process } from './process.ts'
import { readSettingFile } from './setting-file.ts'
import { startSweeper } from './sweeper.ts'
import { VERSION } from '../version.ts'

// From src/ and from dist/ alike.
const SITE_DIR = fileURLToPath(new URL('../../../console/dist/site/', import.meta.url))

// What an exception for TLS 1.2 names when it is for this server's own clients.
const LISTENER = 'gateway'

// An attempt to downgrade is to be known within five seconds.
const HANDSHAKES_MS = 2_000
// What one replica shredded or rotated, no other may go on using.
const KEYS_MS = 1_000
// What an address gains by asking several replicas is what it can do within this.
const REFUSALS_MS = 1_000
// Whoever asks for the same again and again is known within it.
const SWEEPS_MS = 5_000

/** In the ledger, what the program did by itself. */
const PROGRAM = { tenant: HOME_TENANT, id: 'breakwater' }

/** Everything that answers requests, without the port. */
export async function openApp(own: Process, databases: Databases, closers: Closers): Promise<App> {
  const { config, home, clock, log, address } = own
  const { db, appendDb } = databases
  const secretsDir = config.BREAKWATER_SECRETS_DIR ?? join(home, 'secrets')
  await mkdir(secretsDir, { recursive: true })
  const providerCa = await readSettingFile(config, 'BREAKWATER_PROVIDER_CA_FILE')
  const [keys, { engine, scanner }, site] = await Promise.all([
    openKeys(own, databases, closers),
    openDetection(own, closers),
    readSite(SITE_DIR),
  ])
  const telemetry = await openTelemetry({
    otlpUrl: config.BREAKWATER_OTLP_URL,
    metricsPort: config.BREAKWATER_METRICS_PORT,
    traceRatio: config.BREAKWATER_TRACE_RATIO,
    version: VERSION,
  })
  closers.add(async () => telemetry.close())
  if (telemetry.metricsPort !== undefined) log('metrics', { port: telemetry.metricsPort })
  const app = createApp({
    environment: config.BREAKWATER_ENVIRONMENT,
    origin: address.read,
    db,
    appendDb,
    clock,
    log,
    logsAccess: config.BREAKWATER_ACCESS_LOG === 'on',
    telemetry,
    ...keys,
    engine,
    scanner,
    secretsDir,
    policyFolder: {
      locks: config.BREAKWATER_POLICY_DRIFT === 'lock',
      ...(config.BREAKWATER_POLICY_DIR !== undefined && { dir: config.BREAKWATER_POLICY_DIR }),
    },
    ...(providerCa !== undefined && { providerCa }),
    ...(site && { site }),
    limits: {
      maxBodyBytes: config.BREAKWATER_MAX_BODY_BYTES,
      deadlineMs: config.BREAKWATER_DEADLINE_SECONDS * 1_000,
    },
    maxRefusalsPerMinute: config.BREAKWATER_REFUSALS_PER_MINUTE,
  })
  closers.add(async () => app.close())
  const follower = startSweeper([async () => app.services.keys.follow()], log, KEYS_MS)
  closers.add(async () => follower.stop())
  return app
}

/** Listens, and lets requests in flight finish when it is told to stop. Gives the address. */
export async function listen(own: Process, app: App, identity: ServerIdentity, closers: Closers): Promise<string> {
  const { config, clock, log, address } = own
  const watchPolicies = async (): Promise<void> => app.services.policyFolder.check(PROGRAM)
  await watchPolicies()
  const sweeper = startSweeper([async () => app.flushRefusals(), watchPolicies], log)
  closers.add(async () => sweeper.stop())
  const sharer = startSweeper([async () => app.shareRefusals()], log, REFUSALS_MS)
  closers.add(async () => sharer.stop())
  const sweeps = startSweeper([async () => app.services.sweeps.flush()], log, SWEEPS_MS)
  closers.add(async () => sweeps.stop())
  const hostname = config.BREAKWATER_HOST
  const handshakes = createHandshakeCounter()
  const report = createHandshakeReport(handshakes, app.services.ledger, { tenant: HOME_TENANT, log })
  const reporter = startSweeper([report, async () => app.reportHandshakes()], log, HANDSHAKES_MS)
  closers.add(async () => reporter.stop())
  const clientCa = await readClientCa(config.BREAKWATER_CLIENT_CA)
  const { exceptions } = app.services.access
  const mayOlder = async (): Promise<boolean> => exceptions.isInForce(HOME_TENANT, 'tls-1.2', LISTENER)
  const first = { ...identity, allowsTls12: await mayOlder() }
  const server = await startTlsServer({
    fetch: app.fetch,
    door: app.door,
    hostname,
    port: config.BREAKWATER_PORT,
    certificate: first.certificate,
    key: first.key,
    allowsTls12: first.allowsTls12,
    onHandshakeFailure: (error) => handshakes.count(error),
    ...(clientCa !== undefined && { clientCa }),
  })
  closers.add(async () => server.drain(config.BREAKWATER_DRAIN_SECONDS * 1_000))
  const read = async (): Promise<ServerIdentity> => readIdentity(own)
  const watch = createIdentityWatch({ read, server, allowsTls12: mayOlder, clock, log }, first)
  const watcher = startSweeper([watch], log)
  closers.add(async () => watcher.stop())
  if (config.BREAKWATER_TLS_CERT_FILE !== undefined) renewOnSignal(watch, log, closers)
  address.listensOn(server.port)
  return `https://localhost:${server.port}`
}

/** SIGHUP takes a new certificate up at once; without one of the operator's, it ends the program as everywhere. */
function renewOnSignal(watch: () => Promise<void>, log: Log, closers: Closers): void {
  const onSignal = (): void => {
    watch().catch((thrown: unknown) => log('sweep-failed', { code: toAppError(thrown).code }))
  }
  process.on('SIGHUP', onSignal)
  closers.add(async () => process.off('SIGHUP', onSignal))
}

/** Throws `config.invalid`. */
async function readClientCa(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('config.invalid', { message: 'BREAKWATER_CLIENT_CA: the file cannot be read', cause })
  })
}
