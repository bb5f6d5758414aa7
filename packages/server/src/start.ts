import { join } from 'node:path'
import type { App } from './app.ts'
import { findLogDir } from './features/ledger/index.ts'
import { writeHomeRecord } from './platform/home/home-record.ts'
import { writeFileWhole } from './platform/home/write-file.ts'
import { startAdminSocket } from './startup/admin-socket.ts'
import { startBatches } from './startup/batches.ts'
import type { Closers } from './startup/closers.ts'
import { createClosers } from './startup/closers.ts'
import { openDatabases } from './startup/databases.ts'
import { listen, openApp } from './startup/gateway.ts'
import { readIdentity } from './startup/identity.ts'
import type { Process } from './startup/process.ts'
import { openProcess } from './startup/process.ts'
import { describeReady } from './startup/ready-screen.ts'
import { readDatabaseTls } from './startup/setting-file.ts'
import { ensureInstallation, issueSeedToken, seedHome } from './startup/seed.ts'
import { startSequencer } from './startup/sequencer.ts'
import { startWorker } from './startup/worker.ts'
import { VERSION } from './version.ts'

export interface StartOptions {
  /** Settings are its members that begin with BREAKWATER_. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Gets the ready screen; colours when it is a terminal. */
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly stderr: { write(text: string): unknown }
}

export interface StartedServer {
  /** Of the gateway; the other programs listen nowhere. */
  readonly url?: string
  /** Lets requests in flight finish within the limit, publishes the log a last time, stops the database. */
  stop(): Promise<void>
}

/**
 * Starts the programs that `BREAKWATER_PROGRAM` names on their home folder, and writes the ready screen. Throws
 * `config.invalid`, `home.in-use`, `database.unavailable` and others; nothing is left running then.
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
  const own = await openProcess(environment, stderr, closers)
  const { config, home, log, record } = own
  const program = config.BREAKWATER_PROGRAM
  const runs = (name: typeof program): boolean => program === name || program === 'all'
  const tls = await readDatabaseTls(config)
  const [identity, databases] = await Promise.all([
    runs('gateway') ? readIdentity(own) : undefined,
    openDatabases(
      {
        url: config.BREAKWATER_DATABASE_URL,
        ...(tls && { tls }),
        home,
        environment: record.environment,
        log,
        isSequencer: program === 'sequencer',
      },
      closers,
    ),
  ])
  if (runs('sequencer')) await startSequencer(own, databases.sequencerDb, closers)

  let url: string | undefined
  let token: string | undefined
  if (runs('gateway') || runs('worker')) {
    const app = await openApp(own, databases, closers)
    await ensureInstallation(app.services)
    if (program === 'all' && !record.isSeeded) token = await seed(app, own)
    const deadlineSeconds = config.BREAKWATER_DEADLINE_SECONDS
    if (runs('worker')) {
      await startWorker(app.services, databases, { log, deadlineSeconds }, closers)
      const drainSeconds = config.BREAKWATER_DRAIN_SECONDS
      await startBatches(app, databases, { log, deadlineSeconds, drainSeconds }, closers)
    }
    if (identity) {
      url = await listen(own, app, identity, closers)
      await startAdminSocket(home, app.services, log, closers)
    }
  }

  const readyMs = Math.round(performance.now() - startedMs)
  log('ready', { program, pid: process.pid, readyMs, isEmbedded: databases.isEmbedded })
  stdout.write(
    describeReady({
      program,
      version: VERSION,
      home,
      logDir: findLogDir(home),
      ...(url !== undefined && { url }),
      ...(identity && { caFile: identity.caFile }),
      ...(token !== undefined && { token }),
      isEmbedded: databases.isEmbedded,
      readyMs,
      hasColours: stdout.isTTY === true && environment['NO_COLOR'] === undefined,
    }),
  )
  // The tokens were shown: a start that is cut off before this shows new ones.
  if (token !== undefined) await writeHomeRecord(home, { ...record, isSeeded: true })
  return {
    ...(url !== undefined && { url }),
    async stop() {
      log('stopping')
      await closers.closeAll()
      log('stopped')
    },
  }
}

async function seed(app: App, { home, clock }: Process): Promise<string> {
  await seedHome(app.services, clock)
  const admin = await issueSeedToken(app.services, 'admin')
  await writeFileWhole(join(home, 'admin.token'), `${admin.token}\n`)
  return (await issueSeedToken(app.services, 'app')).token
}
