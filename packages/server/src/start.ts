import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Log } from '@breakwater/kernel'
import { createLocalKeyring, createLocalLogSigner } from '@breakwater/keys'
import { createNoteKey, formatVerifierKey } from '@breakwater/ledger'
import type { App } from './app.ts'
import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import { createLedgerSequencer, createLoneIntentCloser, findLogDir } from './features/ledger/index.ts'
import { openHomeRecord, writeHomeRecord } from './platform/home/home-record.ts'
import { lockHome } from './platform/home/lock.ts'
import { writeFileWhole } from './platform/home/write-file.ts'
import { startTlsServer } from './platform/http/server.ts'
import { createLog } from './platform/log/log.ts'
import { ensureServerIdentity } from './platform/tls/local-ca.ts'
import type { Closers } from './startup/closers.ts'
import { createClosers } from './startup/closers.ts'
import type { Databases } from './startup/databases.ts'
import { openDatabases } from './startup/databases.ts'
import { loadTextEngine } from './startup/engine.ts'
import { openLogFile } from './startup/log-file.ts'
import { describeReady } from './startup/ready-screen.ts'
import { issueSeedToken, seedHome } from './startup/seed.ts'
import { startSweeper } from './startup/sweeper.ts'
import { VERSION } from './version.ts'

export interface StartOptions {
  /** Settings are its members that begin with BREAKWATER_. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Gets the ready screen; colours when it is a terminal. */
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly stderr: { write(text: string): unknown }
}

export interface StartedServer {
  readonly url: string
  /** Lets requests in flight finish within the limit, publishes the log a last time, stops the database. */
  stop(): Promise<void>
}

const LOG_NAME = 'breakwater.localhost/log'
// Longer than any crossing can take: what is older and has no outcome will get none.
const LONE_AFTER_DEADLINES = 2

/**
 * Starts the server on its home folder and writes the ready screen. Throws `config.invalid`, `home.in-use`,
 * `database.unavailable` and others; nothing is left running then.
 */
export async function startServer(options: StartOptions): Promise<StartedServer> {
  const closers = createClosers()
  try {
    return await start(options, closers)
  } catch (error) {
    await closers.closeAll().catch(() => undefined)
    throw error
  }
}

async function start({ environment, stdout, stderr }: StartOptions, closers: Closers): Promise<StartedServer> {
  const startedMs = performance.now()
  const config = readConfig(environment)
  // Whatever is written from here on is for this account alone.
  process.umask(0o077)
  await mkdir(config.BREAKWATER_HOME, { recursive: true, mode: 0o700 })
  const home = await realpath(config.BREAKWATER_HOME)
  const lock = await lockHome(home)
  closers.add(async () => lock.release())

  const clock: Clock = { now: () => new Date() }
  const write = (line: string): unknown => stderr.write(line)
  const log = config.BREAKWATER_LOG === 'stderr' ? createLog({ clock, write }) : openLogFile(home, clock)
  const record = await openHomeRecord(home)
  const [identity, keyring, signer, engine, databases] = await Promise.all([
    ensureServerIdentity(home, clock),
    createLocalKeyring({ dir: join(home, 'keys') }),
    createLocalLogSigner({ dir: join(home, 'keys'), name: LOG_NAME }),
    loadTextEngine(),
    openDatabases({ url: config.BREAKWATER_DATABASE_URL, home, log }, closers),
  ])
  const secretsDir = config.BREAKWATER_SECRETS_DIR ?? join(home, 'secrets')
  await mkdir(secretsDir, { recursive: true })
  const verifierKey = formatVerifierKey(createNoteKey(signer.name, signer.publicKey))
  await writeFileWhole(join(home, 'log.vkey'), `${verifierKey}\n`)

  const sequencer = createLedgerSequencer({ db: databases.sequencerDb, homeDir: home, signer, clock, log })
  sequencer.start()
  closers.add(async () => sequencer.stop())

  const app = createApp({
    db: databases.db,
    clock,
    log,
    keyring,
    engine,
    secretsDir,
    limits: {
      maxBodyBytes: config.BREAKWATER_MAX_BODY_BYTES,
      deadlineMs: config.BREAKWATER_DEADLINE_SECONDS * 1_000,
    },
    maxRefusalsPerMinute: config.BREAKWATER_REFUSALS_PER_MINUTE,
  })
  const token = record.isSeeded ? undefined : await seed(app, home, clock)
  await startChores(app, databases, { log, deadlineSeconds: config.BREAKWATER_DEADLINE_SECONDS }, closers)

  const hostname = config.BREAKWATER_HOST
  const { certificate, key } = identity
  const server = await startTlsServer({ fetch: app.fetch, hostname, port: config.BREAKWATER_PORT, certificate, key })
  closers.add(async () => server.drain(config.BREAKWATER_DRAIN_SECONDS * 1_000))

  const url = `https://localhost:${server.port}`
  const readyMs = Math.round(performance.now() - startedMs)
  log('ready', { port: server.port, pid: process.pid, readyMs, isEmbedded: databases.isEmbedded })
  stdout.write(
    describeReady({
      url,
      version: VERSION,
      home,
      caFile: identity.caFile,
      logDir: findLogDir(home),
      ...(token !== undefined && { token }),
      isEmbedded: databases.isEmbedded,
      readyMs,
      hasColours: stdout.isTTY === true && environment['NO_COLOR'] === undefined,
    }),
  )
  // The tokens were shown: a start that is cut off before this shows new ones.
  if (!record.isSeeded) await writeHomeRecord(home, { ...record, isSeeded: true })
  return {
    url,
    async stop() {
      log('stopping')
      await closers.closeAll()
      log('stopped')
    },
  }
}

async function seed(app: App, home: string, clock: Clock): Promise<string> {
  await seedHome(app.services, clock)
  const admin = await issueSeedToken(app.services, 'admin')
  await writeFileWhole(join(home, 'admin.token'), `${admin.token}\n`)
  return (await issueSeedToken(app.services, 'app')).token
}

/** What a crash left open is closed now, and each minute from now on. */
async function startChores(
  app: App,
  { sequencerDb, isEmbedded }: Databases,
  { log, deadlineSeconds }: { log: Log; deadlineSeconds: number },
  closers: Closers,
): Promise<void> {
  const loneIntents = createLoneIntentCloser({ sequencerDb, ledger: app.services.ledger, log })
  const loneAfterSeconds = deadlineSeconds * LONE_AFTER_DEADLINES
  // With a database of our own and the home's lock, nobody else can have a crossing under way.
  await loneIntents.close(isEmbedded ? 0 : loneAfterSeconds)
  closers.add(async () => app.close())
  const sweeper = startSweeper([async () => loneIntents.close(loneAfterSeconds), async () => app.flushRefusals()], log)
  closers.add(async () => sweeper.stop())
}
