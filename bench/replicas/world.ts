import { setTimeout as sleep } from 'node:timers/promises'
import { openBrowser, readBootstrapLink } from '../../tests/processes/people.ts'
import type { GatewayName, Topology } from '../../tests/processes/topology.ts'
import { findMissing, makeTopology } from '../../tests/processes/topology.ts'

/** A production installation with two gateways, administered by two people, and an application that both let in. */
export interface World {
  readonly topology: Topology
  readonly gateways: readonly { readonly name: GatewayName; readonly origin: string; readonly pid: number }[]
  readonly headers: Readonly<Record<string, string>>
  close(): Promise<void>
}

const GATEWAYS = ['gateway-a', 'gateway-b'] as const
const YEAR_MS = 365 * 86_400_000
const SETTLED_WITHIN_MS = 30_000
const POLL_MS = 50

/** Starts it with one provider, on loopback. Both gateways have answered `content` before it is given out. */
export async function openWorld(baseUrl: string, model: string, content: string): Promise<World> {
  const missing = findMissing()
  if (missing.length > 0) throw new Error(`this bench needs what is not installed: ${missing.join(', ')}`)
  const topology = await makeTopology()
  try {
    // One after the other: a busy machine has each ready in time.
    for (const name of ['sequencer', 'worker', ...GATEWAYS] as const) await topology.start(name)
    const token = await setUp(topology, baseUrl, model)
    const headers = { authorization: `Bearer ${token}`, 'breakwater-purpose': 'TREAT' }
    const body = JSON.stringify({ model, messages: [{ role: 'user', content }] })
    await Promise.all(GATEWAYS.map(async (name) => waitUntilCrossed(topology, name, headers, body)))
    const gateways = GATEWAYS.map((name) => {
      const origin = `https://localhost:${topology.settings(name)['BREAKWATER_PORT']}`
      return { name, origin, pid: topology.program(name).pid }
    })
    return { topology, gateways, headers, close: () => topology.close() }
  } catch (error) {
    await topology.close()
    throw error
  }
}

async function setUp(topology: Topology, baseUrl: string, model: string): Promise<string> {
  const ana = openBrowser(topology.client('gateway-a'), topology.publicUrl)
  await require2xx(await ana.enrol(await readBootstrapLink(topology.home('gateway-a'))))
  const put = async (method: string, path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await require2xx(await ana.call(method, path, body))
    const text = await answer.text()
    return JSON.parse(text === '' ? '{}' : text)
  }
  const { url } = await put('POST', '/api/v1/invitations', { name: 'ben', roles: ['administrator'] })
  const ben = openBrowser(topology.client('gateway-a'), topology.publicUrl)
  await require2xx(await ben.enrol(String(url)))
  await put('PUT', '/api/v1/providers/model-server', {
    kind: 'openai-compatible',
    baseUrl,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: [model],
  })
  await put('PUT', '/api/v1/agreements/model-server', {
    kind: 'internal',
    provider: 'model-server',
    endpoints: ['chat.completions'],
    models: ['*'],
    purposes: ['TREAT'],
    effectiveFrom: new Date(Date.now() - YEAR_MS).toISOString(),
    effectiveTo: new Date(Date.now() + YEAR_MS).toISOString(),
  })
  await put('PUT', '/api/v1/principals/app', {
    kind: 'service',
    roles: ['application'],
    mayRestore: true,
    purposes: ['TREAT'],
    defaultPurpose: 'TREAT',
  })
  const bounds = { ranges: ['127.0.0.0/8'], reason: 'client-without-oauth' }
  const { token } = await put('POST', '/api/v1/principals/app/tokens', bounds)
  return String(token)
}

/** What one gateway was told the other one knows a moment later. */
async function waitUntilCrossed(
  topology: Topology,
  name: GatewayName,
  headers: World['headers'],
  body: string,
): Promise<void> {
  const call = { headers: { ...headers, 'content-type': 'application/json' }, body }
  let said = ''
  for (const startedMs = performance.now(); performance.now() - startedMs < SETTLED_WITHIN_MS; await sleep(POLL_MS)) {
    const answer = await topology.client(name).send('/v1/chat/completions', call)
    if (answer.status === 200) return
    said = answer.body.toString()
  }
  throw new Error(`${name} lets nothing cross: ${said}`)
}

async function require2xx(answer: Response): Promise<Response> {
  if (answer.ok) return answer
  throw new Error(`${answer.status} ${await answer.text()}`)
}
