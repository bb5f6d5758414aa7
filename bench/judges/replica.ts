import { join } from 'node:path'
import { createLocalKekProvider, createLocalKeyring } from '@breakwater/keys'
import { openDatabase } from '@breakwater/server'
import { createApp, loadResidualScanner, loadTextEngine } from '@breakwater/server/testing'
import type { App } from '@breakwater/server/testing'
import { findCluster } from '../../tests/support/postgres.ts'

/** A replica may keep what it has read for a second. */
export const SETTLE_MS = 1_500

interface Replica {
  readonly services: App['services']
  close(): Promise<void>
}

/**
 * Another replica on a gateway's home, in this process and without a port: by its services a judge puts what it needs, with
 * the entries in the log that everybody's changes have.
 */
export async function openReplica(home: string): Promise<Replica> {
  const log = (): void => undefined
  const db = openDatabase({ url: (await findCluster(home)).url, log, role: 'breakwater_app' })
  const kek = await createLocalKekProvider({ dir: join(home, 'keys'), environment: 'development' })
  const app = createApp({
    acceptsFragileDatabase: true,
    db,
    clock: { now: () => new Date() },
    log,
    keyring: await createLocalKeyring({ dir: join(home, 'keys') }),
    keyProviders: [kek],
    engine: await loadTextEngine(),
    scanner: await loadResidualScanner(),
  })
  return {
    services: app.services,
    async close() {
      await app.close()
      await kek.close()
      await db.destroy()
    },
  }
}
