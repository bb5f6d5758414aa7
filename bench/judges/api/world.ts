import { join } from 'node:path'
import type { Role } from '@breakwater/contract'
import { createLocalKekProvider, createLocalKeyring } from '@breakwater/keys'
import { openDatabase } from '@breakwater/server'
import type { App, Browser, TotpHolder } from '@breakwater/server/testing'
import {
  createApp,
  enrolByTotp,
  HOME_TENANT,
  loadResidualScanner,
  loadTextEngine,
  signInAs,
} from '@breakwater/server/testing'
import type { ScratchHome } from '../../../tests/support/home.ts'
import { makeScratchHome } from '../../../tests/support/home.ts'
import { findCluster } from '../../../tests/support/postgres.ts'
import type { RunningServer } from '../../../tests/support/server.ts'
import { findFreePort, startServer } from '../../../tests/support/server.ts'

/** Somebody signed in with a passkey, at the second replica. */
export type Person = Browser & { readonly id: string }

/** Somebody who has a password and codes, and a passkey beside them. */
export type Holder = TotpHolder

/**
 * The real server on a fresh home, and a second replica of it in this process on the same database and keys. Only the
 * first is judged; the second signs people in and prepares what they ask about, through the same HTTP door, because a role
 * of a person comes from an identity provider alone and there is none here.
 */
export interface World {
  readonly server: RunningServer
  readonly caFile: string
  readonly replica: App
  /** Where PostgreSQL and the server keep their state. */
  readonly scratch: ScratchHome
  signIn(role: Role): Promise<Person>
  enrolHolder(role: Role): Promise<Holder>
  /** Ends both and removes the home. */
  close(): Promise<void>
}

/** What callers address, whatever the port: proofs, tokens and passkeys are for it. */
export const PUBLIC_URL = 'https://localhost:8443'

const MAX_REFUSALS_PER_MINUTE = 100_000

export async function openWorld(): Promise<World> {
  const scratch = await makeScratchHome()
  const { home } = scratch
  const server = await startServer({
    home,
    port: await findFreePort(),
    env: {
      TMPDIR: scratch.temporary,
      BREAKWATER_PUBLIC_URL: PUBLIC_URL,
      BREAKWATER_REFUSALS_PER_MINUTE: String(MAX_REFUSALS_PER_MINUTE),
    },
  })
  const log = (): void => undefined
  const db = openDatabase({ url: (await findCluster(home)).url, log, role: 'breakwater_app' })
  const dir = join(home, 'keys')
  const kek = await createLocalKekProvider({ dir, environment: 'development' })
  const replica = createApp({
    acceptsFragileDatabase: true,
    // Each run locks somebody out, by refusals.
    maxRefusalsPerMinute: MAX_REFUSALS_PER_MINUTE,
    origin: () => PUBLIC_URL,
    db,
    clock: { now: () => new Date() },
    log,
    keyring: await createLocalKeyring({ dir }),
    keyProviders: [kek],
    engine: await loadTextEngine(),
    scanner: await loadResidualScanner(),
  })
  return {
    server,
    caFile: join(home, 'ca.pem'),
    replica,
    scratch,
    signIn: async (role) => signInAs(replica, [role]),
    async enrolHolder(role) {
      const holder = await enrolByTotp(replica, [role], () => new Date())
      const response = holder.authenticator.create(await holder.options('/api/v1/passkeys/options'))
      const added = await holder.call('POST', '/api/v1/passkeys', { response, label: 'key' })
      if (added.status !== 204) throw new Error(`no passkey: ${added.status}`)
      return holder
    },
    async close() {
      await replica.close()
      await kek.close()
      await db.destroy()
      await server.stop()
      await scratch.remove()
    },
  }
}

export { HOME_TENANT }
