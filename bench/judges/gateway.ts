import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENDPOINTS } from '@breakwater/contract'
import type { Feature } from '@breakwater/contract'
import { HOME_TENANT } from '@breakwater/server/testing'
import type { App } from '@breakwater/server/testing'
import { createClient } from '../../tests/support/client.ts'
import type { HttpsClient } from '../../tests/support/client.ts'
import { makeScratchHome } from '../../tests/support/home.ts'
import { findFreePort, startServer } from '../../tests/support/server.ts'
import { openReplica, SETTLE_MS } from './replica.ts'

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

const DAY_MS = 86_400_000
const ID = 'judge'

export async function openGateway(upstreams: readonly Upstream[]): Promise<Gateway> {
  const scratch = await makeScratchHome()
  const { home } = scratch
  const env = { TMPDIR: scratch.temporary, BREAKWATER_REFUSALS_PER_MINUTE: '100000' }
  const server = await startServer({ home, port: await findFreePort(), env })
  const replica = await openReplica(home)
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
      await server.stop()
      await scratch.remove()
    },
  }
}
