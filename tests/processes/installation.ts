import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from '@breakwater/server/testing'
import type { ModelServer } from '../support/model-server.ts'
import { startModelServer } from '../support/model-server.ts'
import type { GatewayName, Topology } from './topology.ts'
import { makeTopology } from './topology.ts'

export const [A, B] = ['gateway-a', 'gateway-b'] as const
/** What crosses in these tests. */
export const NOTE = 'Summarise: Mr. Jonas Falkner, MRN 00482913, came in with chest pain.'
const WITHIN_MS = 5_000
const POLL_MS = 25

interface Reply {
  readonly status: number
  readonly json: Json
}

/** As much of an answer as these tests look at; what is not there fails the expectation. */
interface Json {
  readonly id: string
  readonly token: string
  readonly sha256: string
  readonly url: string
  readonly error: { readonly code: string }
  readonly choices: readonly [{ readonly message: { readonly content: string } }]
  readonly keyring: readonly { readonly label: string; readonly currentVersion: number }[]
  readonly policies: Readonly<Record<string, string>>
  readonly draft: { readonly sha256: string }
  readonly results: readonly { readonly isPassed: boolean }[]
}

/** Programs that run, and what people and services do with them. */
export interface Installation {
  readonly t: Topology
  readonly model: ModelServer
  /** The two administrators; set by the test in which they enrol. */
  ana: Browser
  ben: Browser
  /** As a service with this token. */
  call(name: GatewayName, token: string, method: string, path: string, body?: unknown): Promise<Reply>
  /** As a person; rejects when it is refused. */
  ask(browser: Browser, method: string, path: string, body?: unknown): Promise<Json>
  /** A service with a key that is good from this machine. */
  addService(id: string, role: string): Promise<string>
  issue(id: string): Promise<{ token: string; sha256: string }>
  whoami(name: GatewayName, token: string): Promise<number>
  cross(name: GatewayName, token: string, model?: string): Promise<Reply>
  close(): Promise<void>
}

export async function startInstallation(): Promise<Installation> {
  const t = await makeTopology()
  const model = await startModelServer()
  // Both gateways at once: neither trips over what the other makes.
  await Promise.all((['sequencer', 'worker', A, B] as const).map(async (name) => t.start(name)))
  const site: Installation = {
    t,
    model,
    // Nobody has enrolled yet: whoever uses them before fails.
    ana: undefined as unknown as Browser,
    ben: undefined as unknown as Browser,

    async call(name, token, method, path, body) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const answer = await t.client(name).send(path, { method, headers, body: body ? JSON.stringify(body) : '' })
      const text = answer.body.toString()
      return { status: answer.status, json: text.startsWith('{') ? JSON.parse(text) : {} }
    },

    async ask(browser, method, path, body) {
      const answer = await browser.call(method, path, body)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return JSON.parse(text === '' ? '{}' : text)
    },

    async addService(id, role) {
      const service = { kind: 'service', roles: [role], mayRestore: role === 'application' }
      const purposes = role === 'application' ? ['TREAT'] : []
      const usual = role === 'application' ? { defaultPurpose: 'TREAT' } : {}
      await site.ask(site.ana, 'PUT', `/api/v1/principals/${id}`, { ...service, purposes, ...usual })
      return (await site.issue(id)).token
    },

    async issue(id) {
      const bounds = { ranges: ['127.0.0.0/8'], reason: 'client-without-oauth' }
      return site.ask(site.ana, 'POST', `/api/v1/principals/${id}/tokens`, bounds)
    },

    async whoami(name, token) {
      return (await site.call(name, token, 'GET', '/api/v1/whoami')).status
    },

    async cross(name, token, asked = 'echo') {
      const messages = [{ role: 'user', content: NOTE }]
      return site.call(name, token, 'POST', '/v1/chat/completions', { model: asked, messages })
    },

    async close() {
      await model.stop()
      await t.close()
    },
  }
  return site
}

/** Milliseconds until it holds. */
export async function waitFor(holds: () => Promise<boolean>): Promise<number> {
  const startedMs = performance.now()
  while (!(await holds())) {
    if (performance.now() - startedMs > WITHIN_MS) throw new Error('not within 5 s')
    await sleep(POLL_MS)
  }
  return performance.now() - startedMs
}

export function print(what: string, samples: readonly number[]): void {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(0)
  process.stdout.write(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${samples.length} samples\n`)
}
