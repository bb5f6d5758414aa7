import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listMandatoryClauses } from '@breakwater/contract'
import { startAnthropicServer } from '@breakwater/testkit/models'
import type { Gateway } from '../gateway.ts'
import { findTokens, SAID_TOO } from './upstream.ts'

/** Anthropic's Messages API on loopback: it checks keys, versions and bodies as the vendor does, and says what it was sent. */
export interface Vendor {
  readonly url: string
  /** Every body that reached it, and why it refused any. */
  readonly received: () => readonly string[]
  readonly faults: readonly string[]
  [Symbol.asyncDispose](): Promise<void>
}

export const VENDOR_MODEL = 'claude-sonnet-5-5'
const API_KEY = 'sk-ant-made-up'
const KEY_FILE = 'anthropic.key'
const DAY_MS = 86_400_000
const ID = 'messages'
/** What must have been arranged with it, by the registry: see packages/server/data/vendors-starter.json. */
const TERMS = { conditions: ['hipaa-ready-organisation'], maxRetentionDays: 30, allowsHumanReview: true } as const

export async function startVendor(): Promise<Vendor> {
  const server = await startAnthropicServer({ apiKey: API_KEY })
  server.say(({ bytes }) => {
    const tokens = findTokens(Buffer.from(bytes).toString())
    return {
      blocks: [
        { kind: 'text', text: `On ${tokens.join(' and ')}. ${SAID_TOO}` },
        { kind: 'call', id: 'toolu_01', name: 'look_up', input: { who: tokens[0] } },
      ],
      stop: 'call',
      usage: { read: 9, written: 9 },
    }
  })
  return {
    url: server.url,
    received: () => server.received.map(({ bytes }) => Buffer.from(bytes).toString()),
    faults: server.faults,
    [Symbol.asyncDispose]: async () => server.close(),
  }
}

/**
 * A row of the kind `anthropic`, and a business associate agreement with every clause that covers what the shipped registry
 * knows of this vendor's terms.
 */
export async function contractVendor({ services, by, home }: Gateway, { url }: Vendor): Promise<void> {
  await mkdir(join(home, 'secrets'), { recursive: true, mode: 0o700 })
  await writeFile(join(home, 'secrets', KEY_FILE), API_KEY, { mode: 0o600 })
  await services.providers.put(by, {
    id: ID,
    kind: 'anthropic',
    baseUrl: url,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    models: [VENDOR_MODEL],
    settings: { version: '2023-06-01' },
    apiKeyFile: KEY_FILE,
  })
  await services.agreements.put(by, {
    id: ID,
    kind: 'business-associate',
    provider: ID,
    endpoints: ['anthropic.messages'],
    models: [VENDOR_MODEL],
    purposes: ['TREAT'],
    ...TERMS,
    clauses: listMandatoryClauses({ allowsTraining: false }).map((clause, index) => ({
      clause,
      location: `section ${index + 1}`,
    })),
    incidentNoticeDays: 10,
    effectiveFrom: new Date(Date.now() - DAY_MS),
    effectiveTo: new Date(Date.now() + DAY_MS),
  })
}
