import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { readPolicyFolder } from '@breakwater/server'
import { HOME_TENANT } from '@breakwater/server/testing'
import { makeScratchHome } from '../../../tests/support/home.ts'
import { findFreePort, startServer } from '../../../tests/support/server.ts'
import { openReplica, SETTLE_MS } from '../replica.ts'

/** The real gateway with one provider: whatever listens on a port of this machine, as the harnesses' own upstream does. */
export interface World {
  /** Plain HTTP, for harnesses that trust no CA but the public ones. */
  readonly origin: string
  /** An API key by duty: who may have values put back, and who may not. */
  readonly tokens: Readonly<Record<Duty, string>>
  close(): Promise<void>
}

export type Duty = 'restore' | 'anonymize'

export const MODEL = 'conformance-model'
const MASKED_BY_DEFAULT = /@obligation\("mask:[^"]*"\)\n/
const PREAMBLE = /@obligation\("preamble"\)\n/

/**
 * Starts it on a fresh home. The shipped policy set gives nobody social security numbers and accounts back; the duty
 * `restore` asks for both; and its upstream repeats the first message, which the house's rules would be. So the set in
 * force here is the shipped one without these two obligations.
 */
export async function openWorld(upstreamPort: number): Promise<World> {
  const scratch = await makeScratchHome()
  const { home } = scratch
  const env = { TMPDIR: scratch.temporary, BREAKWATER_REFUSALS_PER_MINUTE: '100000' }
  const server = await startServer({ home, port: await findFreePort(), env })
  const replica = await openReplica(home)
  const { services } = replica
  const by = { tenant: HOME_TENANT, id: 'admin' }
  await services.providers.put(by, {
    id: 'harness',
    kind: 'openai-compatible',
    baseUrl: `http://127.0.0.1:${upstreamPort}/v1`,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: [MODEL],
  })
  await services.agreements.put(by, {
    id: 'harness',
    kind: 'internal',
    provider: 'harness',
    endpoints: ['chat.completions'],
    models: [MODEL],
    purposes: ['TREAT'],
    effectiveFrom: new Date(Date.now() - 86_400_000),
    effectiveTo: new Date(Date.now() + 86_400_000),
  })
  const shipped = await readPolicyFolder()
  const { 'application-restores': restores = '', 'application-crosses': crosses = '' } = shipped.policies
  await services.policy.activate(by, {
    ...shipped,
    policies: {
      ...shipped.policies,
      'application-restores': restores.replace(MASKED_BY_DEFAULT, ''),
      'application-crosses': crosses.replace(PREAMBLE, ''),
    },
  })
  const tokenFor = async (duty: Duty): Promise<string> => {
    const principal = { kind: 'service', roles: ['application'], purposes: ['TREAT'], defaultPurpose: 'TREAT' } as const
    await services.principals.put(by, { ...principal, id: duty, mayRestore: duty === 'restore' })
    return (await services.principals.issueToken(by, duty, { ttlSeconds: 86_400, isSeed: true })).token
  }
  const tokens = { restore: await tokenFor('restore'), anonymize: await tokenFor('anonymize') }
  const relay = await relayTo(server.origin, await readFile(join(home, 'ca.pem'), 'utf8'))
  await sleep(SETTLE_MS)
  return {
    origin: relay.origin,
    tokens,
    async close() {
      relay.close()
      await replica.close()
      await server.stop()
      await scratch.remove()
    },
  }
}

/** Bytes in, bytes out, TLS behind it: changes nothing of what passes. */
async function relayTo(origin: string, ca: string): Promise<{ origin: string; close(): void }> {
  const { hostname, port } = new URL(origin)
  const relay = createServer((incoming) => {
    const outgoing = connect({ host: hostname, port: Number(port), ca, servername: hostname })
    incoming.pipe(outgoing).pipe(incoming)
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      socket.on('error', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const address = relay.address() as AddressInfo
  return { origin: `http://127.0.0.1:${address.port}`, close: () => relay.close() }
}
