import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { startUpstream } from '@breakwater/testkit'
import type { ScriptedUpstream } from '@breakwater/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createAddressCheck, createPinnedLookup, requireAllowedHost } from './addresses.ts'
import type { Resolve } from './addresses.ts'
import { createTransport } from './index.ts'
import type { Transport, TransportTarget } from './index.ts'

let upstream: ScriptedUpstream
let transport: Transport | undefined
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await transport?.close()
  transport = undefined
  upstream.clear()
})
afterAll(async () => upstream.close())

const EXTERNAL = { tenant: 'acme', id: 'p', isInternal: false, allowedAddresses: [] } as const
const INTERNAL = { tenant: 'acme', id: 'p', isInternal: true, allowedAddresses: ['127.0.0.1', '::1'] } as const

async function send(target: TransportTarget, resolve?: Resolve): Promise<unknown> {
  transport = createTransport(target, resolve && { resolve })
  const options = { isStream: false, signal: new AbortController().signal, deadlineMs: 2_000 }
  return transport.send({ path: '/v1/chat/completions', body: '{}' }, options)
}

const refused = expect.objectContaining({ code: 'provider.address-refused' })

describe('an address that is not public (GW-04)', () => {
  test.for([
    '169.254.169.254',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    '[fd00:ec2::254]',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::169.254.169.254]',
    '[2002:a9fe:a9fe::]',
    '[fe80::1]',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '169.16689662',
    '127.1',
    '0',
    '①②⑦.⓪.⓪.①',
  ])('is not reached, however it is spelled: %s', async (host) => {
    await expect(async () => send({ ...EXTERNAL, baseUrl: `https://${host}/v1` })).rejects.toEqual(refused)
  })

  test.for([
    ['metadata.google.internal', '169.254.169.254'],
    ['instance-data.ec2.internal', '169.254.169.254'],
    ['metadata.ipv6.example.org', 'fd00:ec2::254'],
    ['rebound.example.org', '127.0.0.1'],
    ['mapped.example.org', '::ffff:127.0.0.1'],
  ] as const)('is not reached by the name %s', async ([name, address]) => {
    const sent = send({ ...EXTERNAL, baseUrl: `https://${name}:${portOf(upstream)}/v1` }, resolveTo([address]))
    await expect(sent).rejects.toEqual(refused)
    expect(upstream.connections()).toBe(0)
  })

  test('is not reached by a name that has a public one besides', async () => {
    const resolve = resolveTo(['93.184.215.14', '127.0.0.1'])
    await expect(send({ ...EXTERNAL, baseUrl: 'https://both.example.org/v1' }, resolve)).rejects.toEqual(refused)
  })
})

describe('a name that is resolved anew for each connection (GW-04)', () => {
  test('is connected to at the address that was checked, and refused when the next is another', async () => {
    const to = resolveTo(['127.0.0.1'], ['10.0.0.1'])
    const lookup = createPinnedLookup(createAddressCheck(true, ['127.0.0.1']), to)
    const resolve = async (): Promise<unknown> =>
      new Promise((done, fail) =>
        lookup('model.example.org', { all: false }, (error, address) => (error ? fail(error) : done(address))),
      )
    expect(await resolve()).toBe('127.0.0.1')
    await expect(resolve()).rejects.toEqual(refused)
  })

  test('is looked up once a connection: whoever checks and whoever connects see the same answer', async () => {
    const resolve = resolveTo(['127.0.0.1'], ['93.184.215.14'])
    const baseUrl = `http://model.example.org:${portOf(upstream)}/v1`
    await send({ ...INTERNAL, baseUrl, allowedAddresses: ['127.0.0.1'] }, resolve)
    expect([upstream.received.length, resolve.asked()]).toEqual([1, 1])
  })
})

describe('a proxy that the environment names (GW-04)', () => {
  test.for(['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])(
    'is not spoken to: %s',
    async (name) => {
      let asked = 0
      const proxy = createServer((_, outgoing) => {
        asked++
        outgoing.end('{}')
      })
      proxy.on('connect', () => asked++)
      proxy.listen(0, '127.0.0.1')
      await once(proxy, 'listening')
      vi.stubEnv(name, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
      vi.stubEnv('NODE_USE_ENV_PROXY', '1')
      vi.stubEnv('NO_PROXY', '')
      await send({ ...INTERNAL, baseUrl: upstream.baseUrl })
      expect([upstream.received.length, asked]).toEqual([1, 0])
      proxy.closeAllConnections()
      await new Promise((done) => proxy.close(done))
    },
  )
})

test('a host of an external provider that is an address is looked at before anything is made', () => {
  expect(() => requireAllowedHost('[::1]', createAddressCheck(false, []))).toThrow('not public')
})

/** A resolver that says this, answer by answer; the last one for ever. */
function resolveTo(...answers: readonly (readonly string[])[]): Resolve & { asked: () => number } {
  let at = 0
  const resolve: Resolve = (_hostname, _options, callback) => {
    const addresses = answers[Math.min(at++, answers.length - 1)] ?? []
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    setImmediate(() => callback(null, found))
  }
  return Object.assign(resolve, { asked: () => at })
}

function portOf({ baseUrl }: ScriptedUpstream): string {
  return new URL(baseUrl).port
}
