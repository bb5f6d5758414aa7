import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalKekProvider, createLocalKeyring } from '@breakwater/keys'
import { ENDPOINTS } from '@breakwater/contract'
import type { Feature } from '@breakwater/contract'
import { openDatabase } from '@breakwater/server'
import { createApp, HOME_TENANT, loadResidualScanner, loadTextEngine } from '@breakwater/server/testing'
import type { App } from '@breakwater/server/testing'
import { createClient } from '../../tests/support/client.ts'
import type { HttpsClient } from '../../tests/support/client.ts'
import { makeScratchHome } from '../../tests/support/home.ts'
import { findCluster } from '../../tests/support/postgres.ts'
import { findFreePort, startServer } from '../../tests/support/server.ts'

/** The real gateway in a process of its own, with providers that are ports of this machine. */
export interface Gateway {
  readonly origin: string
  /** Of the authority that signed its certificate. */
  readonly caFile: string
  /** Speaks to it as a client that trusts that authority. */
  readonly client: HttpsClient
  /** The key of an application that may have values put back. */
  readonly token: string
  /** Where its keys and its providers' secrets are. */
  readonly home: string
  /** Of a second replica on the same database, and who acts there. */
  readonly services: App['services']
  readonly by: { readonly tenant: string; readonly id: string }
  /** From the return on, each provider's agreement covers these features beside the plain ones. */
  agreeOn(features: readonly Feature[]): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A provider, and the port of this machine where it listens. */
export interface Upstream {
  readonly id: string
  readonly port: number
  readonly models: readonly string[]
}

/** A replica may keep what it has read for a second. */
const SETTLE_MS = 1_500
const DAY_MS = 86_400_000
const ID = 'judge'

export async function openGateway(upstreams: readonly Upstream[]): Promise<Gateway> {
  const scratch = await makeScratchHome()
  const { home } = scratch
  const env = { TMPDIR: scratch.temporary, BREAKWATER_REFUSALS_PER_MINUTE: '100000' }
  const server = await startServer({ home, port: await findFreePort(), env })
  const log = (): void => undefined
  const db = openDatabase({ url: (await findCluster(home)).url, log, role: 'breakwater_app' })
  const kek = await createLocalKekProvider({ dir: join(home, 'keys'), environment: 'development' })
  const replica = createApp({
    acceptsFragileDatabase: true,
    db,
    clock: { now: () => new Date() },
    log,
    keyring: await createLocalKeyring({ dir: join(home, 'keys') }),
    keyProviders: [kek],
    engine: await loadTextEngine(),
    scanner: await loadResidualScanner(),
  })
  const { services } = replica
  const by = { tenant: HOME_TENANT, id: 'admin' }
  for (const { id, port, models } of upstreams) {
    await services.providers.put(by, {
      id,
      kind: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${port}`,
      isInternal: true,
      allowedAddresses: ['127.0.0.1'],
      models: [...models],
    })
  }
  const principal = { kind: 'service', roles: ['application'], purposes: ['TREAT'], defaultPurpose: 'TREAT' } as const
  await services.principals.put(by, { ...principal, id: ID, mayRestore: true })
  const { token } = await services.principals.issueToken(by, ID, { ttlSeconds: 86_400, isSeed: true })
  const caFile = join(home, 'ca.pem')
  const { origin } = server
  const client = createClient(origin, await readFile(caFile, 'utf8'))
  return {
    origin,
    caFile,
    client,
    token,
    home,
    services,
    by,
    async agreeOn(features) {
      for (const { id } of upstreams) {
        await services.agreements.put(by, {
          id,
          kind: 'internal',
          provider: id,
          endpoints: ENDPOINTS.filter((endpoint) => endpoint !== 'mcp' && endpoint !== 'anthropic.messages'),
          models: ['*'],
          purposes: ['TREAT'],
          features: [...features],
          effectiveFrom: new Date(Date.now() - DAY_MS),
          effectiveTo: new Date(Date.now() + DAY_MS),
        })
      }
      await sleep(SETTLE_MS)
    },
    async [Symbol.asyncDispose]() {
      client.close()
      await replica.close()
      await kek.close()
      await db.destroy()
      await server.stop()
      await scratch.remove()
    },
  }
}
