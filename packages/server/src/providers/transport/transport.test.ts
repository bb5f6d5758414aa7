import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream, streamOf } from '@breakwater/testkit'
import type { ScriptedUpstream } from '@breakwater/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startTlsServer } from '../../platform/http/server.ts'
import { ensureServerIdentity } from '../../platform/tls/local-ca.ts'
import { pinOf } from '../../platform/tls/pins.ts'
import type { ProviderAdapter, ProviderTarget, UpstreamAnswer, UpstreamCall } from '../adapter.ts'
import { createAddressCheck } from './addresses.ts'
import { createApiKeyReader } from '../credentials/api-key.ts'
import { createOpenAi } from '../openai/openai.ts'
import { createProviderAdapters } from '../registry.ts'

let upstream: ScriptedUpstream
let adapter: ProviderAdapter | undefined
let folder: string
beforeAll(async () => {
  upstream = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'breakwater-provider-'))
})
afterEach(async () => {
  await adapter?.close()
  adapter = undefined
  upstream.clear()
})
afterAll(async () => {
  await upstream.close()
  await rm(folder, { recursive: true })
})

function target(changes: Partial<ProviderTarget> = {}): ProviderTarget {
  return {
    tenant: 'acme',
    id: 'p',
    version: 1,
    kind: 'openai-compatible',
    baseUrl: upstream.baseUrl,
    isInternal: true,
    allowedAddresses: ['127.0.0.1'],
    ...changes,
  }
}

function call(body: string): UpstreamCall {
  return { endpoint: 'chat.completions', model: 'm', body }
}

async function send(changes: Partial<ProviderTarget> = {}, isStream = false): Promise<UpstreamAnswer> {
  adapter = createOpenAi(target(changes), { maxAnswerBytes: 100_000, secretsDir: folder })
  return adapter.send(call('{"a":1.0}'), { isStream, signal: new AbortController().signal, deadlineMs: 2_000 })
}

const localhost = (): string => upstream.baseUrl.replace('127.0.0.1', 'localhost')

describe('an internal provider', () => {
  test('gets the bytes as they are, at a listed address', async () => {
    expect((await send()).kind).toBe('whole')
    expect(upstream.received).toMatchObject([{ path: '/v1/chat/completions', text: '{"a":1.0}' }])
    expect(upstream.received[0]?.headers['authorization']).toBeUndefined()
  })

  test('is reached by name only when every address of the name is listed (GW-04)', async () => {
    await send({ baseUrl: localhost(), allowedAddresses: ['127.0.0.0/8', '::1'] })
    expect(upstream.received).toHaveLength(1)
    const refused = send({ baseUrl: localhost(), allowedAddresses: ['127.0.0.2'] })
    await expect(refused).rejects.toMatchObject({ code: 'provider.address-refused' })
    expect(upstream.connections()).toBe(1)
  })

  test('is not reached at an address that is not listed (GW-04)', async () => {
    await expect(send({ allowedAddresses: ['127.0.0.2'] })).rejects.toMatchObject({ code: 'provider.address-refused' })
    expect(upstream.connections()).toBe(0)
  })

  test('is spoken to in the clear on this machine only (EN-09)', async () => {
    for (const allowedAddresses of [['127.0.0.1', '10.0.0.1'], ['127.0.0.0/7'], ['::/0']]) {
      await expect(send({ allowedAddresses })).rejects.toMatchObject({ code: 'provider.address-refused' })
      expect(upstream.received).toEqual([])
    }
  })

  test('serves many requests over one connection, streams too', async () => {
    adapter = createOpenAi(target())
    const options = { signal: new AbortController().signal, deadlineMs: 2_000 }
    for (let i = 0; i < 5; i++) {
      await adapter.send(call('{}'), { ...options, isStream: false })
      upstream.answer({ kind: 'stream', pieces: streamOf(['a', 'b']) })
      const answer = await adapter.send(call('{}'), { ...options, isStream: true })
      if (answer.kind === 'stream') for await (const _ of answer.chunks) break
      upstream.answer({ kind: 'raw', status: 500, bytes: 'x' })
      await expect(adapter.send(call('{}'), { ...options, isStream: false })).rejects.toMatchObject({
        code: 'provider.failed',
      })
      upstream.answer({ kind: 'raw', status: 200, bytes: '{}' })
    }
    expect(upstream.connections()).toBeLessThanOrEqual(2)
  })

  test('may answer at length in a stream, and less in one piece, which is read while others wait', async () => {
    adapter = createOpenAi(target())
    const options = { signal: new AbortController().signal, deadlineMs: 5_000 }
    const bytes = ': words\n'.repeat(2_500_000)
    upstream.answer({ kind: 'raw', status: 200, headers: { 'content-type': 'text/event-stream' }, bytes })
    const whole = adapter.send(call('{}'), { ...options, isStream: false })
    await expect(whole).rejects.toMatchObject({ code: 'provider.invalid-answer' })
    const answer = await adapter.send(call('{}'), { ...options, isStream: true })
    let sizeBytes = 0
    if (answer.kind === 'stream') for await (const chunk of answer.chunks) sizeBytes += chunk.byteLength
    expect(sizeBytes).toBe(bytes.length)
  })

  test('may not answer without end', async () => {
    upstream.answer({ kind: 'raw', status: 200, bytes: 'x'.repeat(100_001) })
    await expect(send()).rejects.toMatchObject({ code: 'provider.invalid-answer' })
  })
})

describe('an external provider (GW-04)', () => {
  test.for([
    ['plain HTTP', 'http://models.example.org/v1'],
    ['an address of this machine', 'https://127.0.0.1/v1'],
    ['an address of this machine in IPv6', 'https://[::1]/v1'],
    ['an address mapped into IPv6', 'https://[::ffff:10.0.0.1]/v1'],
    ['a metadata address', 'https://169.254.169.254/latest'],
    ['credentials in the URL', 'https://user:pass@models.example.org/v1'],
    ['a name of this machine', 'https://localhost/v1'],
    ['an address with a dot behind', 'https://127.0.0.1./v1'],
    ['an address as one number', 'https://2130706433/v1'],
    ['an address in octal', 'https://0177.0.0.1/v1'],
    ['an address in hexadecimal, cut short', 'https://0x7f.1/v1'],
    ['no address at all', 'https://0.0.0.0/v1'],
  ] as const)('is refused with %s', async ([, baseUrl]) => {
    await expect((async () => send({ isInternal: false, baseUrl }))()).rejects.toMatchObject({
      code: 'provider.address-refused',
    })
  })

  test('lives at public addresses only', () => {
    const isAllowed = createAddressCheck(false, ['10.0.0.1'])
    const refused = [
      '10.0.0.1',
      '172.31.9.9',
      '192.168.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      'fe80::1',
      'fd00::1',
    ]
    for (const address of [...refused, '::ffff:8.8.8.8', '64:ff9b::a00:1', '2002:a00:1::'])
      expect(isAllowed(address)).toBe(false)
    for (const address of ['8.8.8.8', '2606:4700::1111']) expect(isAllowed(address)).toBe(true)
  })
})

describe('a provider behind TLS', () => {
  interface Shown {
    readonly ca: string
    readonly pin: string
    readonly send: (
      changes?: Partial<ProviderTarget>,
      options?: { readonly providerCa?: string },
    ) => Promise<UpstreamAnswer>
  }

  /** A provider on this machine with a certificate of its own authority. */
  async function withProvider(work: (shown: Shown) => Promise<void>): Promise<void> {
    const dir = await mkdtemp(join(folder, 'tls-'))
    const { certificate, key, caFile } = await ensureServerIdentity(dir, { now: () => new Date() })
    const fetch = (): Response => Response.json({ choices: [] })
    const server = await startTlsServer({ fetch, hostname: '127.0.0.1', port: 0, certificate, key })
    try {
      await work({
        ca: await readFile(caFile, 'utf8'),
        pin: pinOf(new X509Certificate(certificate)),
        send: async (changes, options) => {
          adapter = createOpenAi(target({ baseUrl: `https://127.0.0.1:${server.port}/v1`, ...changes }), options)
          return adapter.send(call('{}'), { isStream: false, signal: new AbortController().signal, deadlineMs: 2_000 })
        },
      })
    } finally {
      await server.drain(0)
    }
  }
  const refused = expect.objectContaining({ code: 'provider.identity-refused' })

  test('must prove who it is, whatever the environment says (EN-10)', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    try {
      await withProvider(async ({ send }) => expect(send()).rejects.toEqual(refused))
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('is believed when an authority on record signed for it, and shows the key that is pinned (EN-10)', async () => {
    await withProvider(async ({ ca, pin, send }) => {
      expect((await send({}, { providerCa: ca })).kind).toBe('whole')
      await adapter?.close()
      expect((await send({ pins: ['A'.repeat(43) + '=', pin] }, { providerCa: ca })).kind).toBe('whole')
    })
  })

  test('is refused when its certificate was swapped for another that is valid (EN-10)', async () => {
    await withProvider(async ({ pin }) => {
      await withProvider(async ({ ca, send }) =>
        expect(send({ pins: [pin] }, { providerCa: ca })).rejects.toEqual(refused),
      )
    })
  })
})

describe("the provider's key", () => {
  test('is read from a file that only its owner can read', async () => {
    const path = join(folder, 'key')
    await writeFile(path, 'sk-test-key\n', { mode: 0o600 })
    await send({ apiKeyFile: 'key' })
    expect(upstream.received[0]?.headers['authorization']).toBe('Bearer sk-test-key')
  })

  test.for(['/etc/hostname', '../key', '.key', '..'])(
    'is never read from outside the secrets folder, %#',
    async (file) => {
      await expect(send({ apiKeyFile: file })).rejects.toMatchObject({ code: 'provider.credentials-refused' })
      expect(upstream.received).toHaveLength(0)
    },
  )

  test('is taken up anew within seconds of a change', async () => {
    const path = join(folder, 'rotated')
    let nowMs = 0
    const read = createApiKeyReader(folder, 'rotated', () => nowMs)
    await writeFile(path, 'old', { mode: 0o600 })
    expect(await read()).toBe('old')
    await writeFile(path, 'new')
    expect(await read()).toBe('old')
    nowMs = 5_001
    expect(await read()).toBe('new')
  })

  test('is not waited for where the file is a pipe', async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', ['-m', '600', path])
    await expect(send({ apiKeyFile: 'pipe' })).rejects.toMatchObject({ code: 'provider.credentials-refused' })
    expect(upstream.received).toHaveLength(0)
  })

  test.for([
    ['readable by others', 'key', 0o644],
    ['of several lines', 'a\nb', 0o600],
    ['empty', '', 0o600],
  ] as const)('is refused from a file that is %s, and nothing is sent', async ([name, text, mode]) => {
    const file = name.replaceAll(' ', '-')
    await writeFile(join(folder, file), text, { mode })
    await expect(send({ apiKeyFile: file })).rejects.toMatchObject({ code: 'provider.credentials-refused' })
    expect(upstream.received).toHaveLength(0)
  })
})

describe('the registry', () => {
  test('makes a new adapter when the row has a new version', async () => {
    const adapters = createProviderAdapters()
    const first = adapters.adapterFor(target())
    expect(adapters.adapterFor(target())).toBe(first)
    expect(adapters.adapterFor(target({ version: 2 }))).not.toBe(first)
    const second = adapters.adapterFor(target({ version: 2 }))
    expect(adapters.adapterFor(target({ version: 2, allowsTls12: true }))).not.toBe(second)
    await adapters.close()
  })
})
