import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyContext } from '../../key-context.ts'
import { createTestCertificate } from '../../testing/certificates.ts'
import type { TestCertificate } from '../../testing/certificates.ts'
import { findEmulator, NO_EMULATOR } from '../../testing/emulators.ts'
import { forwardTo, startFront } from '../../testing/front.ts'
import type { Front } from '../../testing/front.ts'
import { describeKekContract } from '../../testing/kek-contract.ts'
import type { KekHarness } from '../../testing/kek-contract.ts'
import { startOpenBao } from '../../testing/openbao.ts'
import type { OpenBao } from '../../testing/openbao.ts'
import { createVaultKekProvider } from './vault-kek.ts'
import type { VaultKekOptions } from './vault-kek.ts'

const CONTEXT: KeyContext = {
  environment: 'test',
  tenant: 'north',
  objectClass: 'document',
  use: 'data',
  dekId: 'dek-1',
}
const program = findEmulator('bao')
const title = `transit of a real OpenBao${program === undefined ? ` [${NO_EMULATOR}]` : ''}`

const answers = {
  denied: { status: 403, body: '{"errors":["permission denied"]}' },
  garbage: { status: 200, body: '{"data":{"plaintext":"AAAA","ciphertext":"vault:v9:AAAA"}}' },
  throttled: { status: 429, body: '{"errors":["request path: rate limit quota exceeded"]}' },
}

describe.skipIf(program === undefined)(title, () => {
  let bao: OpenBao
  let dir: string
  let tls: TestCertificate
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vault-kek-'))
    bao = await startOpenBao(program ?? '', dir)
    tls = await createTestCertificate(dir)
  }, 40_000)
  afterAll(async () => {
    await bao.stop()
    await rm(dir, { recursive: true })
  })

  type Harness = KekHarness & { readonly front: Front; readonly options: VaultKekOptions }
  const open = async (input: Readonly<Record<string, unknown>> = {}, secured = false): Promise<Harness> => {
    const front = await startFront({ listener: forwardTo(bao.origin), answers, ...(secured && { tls }) })
    const keyName = `kek-${crypto.randomUUID()}`
    await bao.admin('POST', `transit/keys/${keyName}`, { type: 'aes256-gcm96', ...input })
    const tokenFile = join(dir, `${keyName}.token`)
    await writeFile(tokenFile, `${await bao.createToken('transit', keyName)}\n`, { mode: 0o600 })
    const options = {
      name: 'vault',
      environment: 'test',
      address: front.url,
      keyName,
      tokenFile,
      timeoutMs: 1500,
    } as const
    const configure = async (fields: Readonly<Record<string, unknown>>): Promise<void> =>
      void (await bao.admin('POST', `transit/keys/${keyName}/config`, fields))
    const rotate = async (): Promise<void> => void (await bao.admin('POST', `transit/keys/${keyName}/rotate`))
    return {
      front,
      options,
      provider: createVaultKekProvider(options),
      rotate,
      async disable(version) {
        // Transit disables what lies below a version, so there must be one above.
        await rotate()
        await configure({ min_decryption_version: Number(version) + 1 })
      },
      enable: async (version) => configure({ min_decryption_version: Number(version) }),
      async destroy(version) {
        const next = Number(version) + 1
        await configure({ min_decryption_version: next, min_encryption_version: next })
        await bao.admin('POST', `transit/keys/${keyName}/trim`, { min_available_version: next })
      },
      inject: async (fault) => front.inject(fault),
      heal: async () => front.heal(),
      close: async () => front.close(),
    }
  }
  describeKekContract('vault-transit', { open: async () => open() })

  const withHarness = async (
    run: (harness: Harness) => Promise<void>,
    input: Readonly<Record<string, unknown>> = {},
    secured = false,
  ): Promise<void> => {
    const harness = await open(input, secured)
    try {
      await run(harness)
    } finally {
      await harness.provider.close()
      await harness.close()
    }
  }
  const refusal = (code: string): { readonly code: string } => expect.objectContaining({ code }) as { code: string }

  test('a deleted key is destroyed, and wrapping does not make a new one under its name', async () =>
    withHarness(async ({ provider, options: { keyName } }) => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
      await bao.admin('POST', `transit/keys/${keyName}/config`, { deletion_allowed: true })
      await bao.admin('DELETE', `transit/keys/${keyName}`)
      await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toEqual(refusal('keys.destroyed'))
      await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toEqual(refusal('keys.destroyed'))
      await expect(bao.admin('GET', `transit/keys/${keyName}`)).rejects.toThrow('404')
    }))

  test('where no engine is mounted, nothing is said to be destroyed', async () =>
    withHarness(async ({ options }) => {
      const token = await bao.createToken('elsewhere', options.keyName)
      const tokenFile = join(dir, `${options.keyName}.elsewhere`)
      await writeFile(tokenFile, token, { mode: 0o600 })
      const provider = createVaultKekProvider({ ...options, mount: 'elsewhere', tokenFile })
      await expect(provider.currentVersion()).rejects.toEqual(refusal('keys.unavailable'))
      await provider.close()
    }))

  test('a soft-deleted key is disabled, and opens again once restored', async () =>
    withHarness(async ({ provider, options: { keyName } }) => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
      await bao.admin('POST', `transit/keys/${keyName}/config`, { deletion_allowed: true })
      await bao.admin('DELETE', `transit/keys/${keyName}/soft-delete`)
      await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toEqual(refusal('keys.disabled'))
      await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toEqual(refusal('keys.disabled'))
      await bao.admin('POST', `transit/keys/${keyName}/soft-delete-restore`)
      expect(await provider.unwrap(wrapped, CONTEXT)).toHaveLength(32)
    }))

  test.for([{ exportable: true }, { allow_plaintext_backup: true }])('a key with %o wraps nothing', async (input) =>
    withHarness(async ({ provider }) => {
      await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toEqual(refusal('keys.environment-refused'))
    }, input),
  )

  test.for([{ type: 'rsa-2048' }, { derived: true }])('a key with %o is refused', async (input) =>
    withHarness(async ({ provider }) => {
      await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toEqual(refusal('config.invalid'))
    }, input),
  )

  test('a rate limit of the service itself is throttling', async () =>
    withHarness(async ({ provider, options: { keyName } }) => {
      await bao.admin('POST', `sys/quotas/rate-limit/${keyName}`, { path: `transit/keys/${keyName}`, rate: 0.01 })
      const calls = async (): Promise<void> => {
        for (let count = 0; count < 5; count += 1) await provider.currentVersion()
      }
      await expect(calls()).rejects.toEqual(refusal('keys.throttled'))
      await bao.admin('DELETE', `sys/quotas/rate-limit/${keyName}`)
    }))

  test('a token that the service does not know is denied, and a new one in the file is taken at once', async () =>
    withHarness(async ({ provider, options: { keyName, tokenFile } }) => {
      await writeFile(tokenFile, 's.unknown')
      await expect(provider.currentVersion()).rejects.toEqual(refusal('keys.denied'))
      await writeFile(tokenFile, await bao.createToken('transit', keyName))
      expect(await provider.currentVersion()).toBe('1')
    }))

  test.for([
    ['open to other accounts', async (path: string) => chmod(path, 0o644), 'keys.unavailable'],
    ['absent', async (path: string) => rm(path), 'keys.denied'],
    ['of two lines', async (path: string) => writeFile(path, 'one\r\nx-other: two'), 'keys.denied'],
  ] as const)('a token file that is %s is refused before a call', async ([, spoil, code]) =>
    withHarness(async ({ provider, front, options: { tokenFile } }) => {
      await spoil(tokenFile)
      await expect(provider.currentVersion()).rejects.toEqual(refusal(code))
      expect(front.requestCount()).toBe(0)
    }),
  )

  test('the token of one key opens nothing of another', async () =>
    withHarness(async ({ options }) =>
      withHarness(async ({ options: { tokenFile } }) => {
        const crossed = createVaultKekProvider({ ...options, tokenFile })
        await expect(crossed.currentVersion()).rejects.toEqual(refusal('keys.denied'))
        await crossed.close()
      }),
    ))

  test('a key of a namespace is found there only', async () =>
    withHarness(async ({ options }) => {
      const { keyName } = options
      const namespace = `hospital-${crypto.randomUUID()}`
      await bao.admin('POST', `sys/namespaces/${namespace}`)
      await bao.admin('POST', 'sys/mounts/keks', { type: 'transit' }, namespace)
      await bao.admin('POST', `keks/keys/${keyName}`, {}, namespace)
      const tokenFile = join(dir, `${namespace}.token`)
      await writeFile(tokenFile, await bao.createToken('keks', keyName, namespace), { mode: 0o600 })
      const inside = createVaultKekProvider({ ...options, mount: 'keks', namespace, tokenFile })
      const wrapped = await inside.wrap(randomBytes(32), CONTEXT)
      expect(wrapped.keyId).toBe(`${namespace}/keks/${keyName}`)
      expect(await inside.unwrap(wrapped, CONTEXT)).toHaveLength(32)
      const outside = createVaultKekProvider({ ...options, mount: 'keks', tokenFile })
      await expect(outside.currentVersion()).rejects.toEqual(refusal('keys.denied'))
      await inside.close()
      await outside.close()
    }))

  test.for([
    ['another key', { keyId: 'transit/other' }],
    ['another version', { keyVersion: '2' }],
    ['no ciphertext of transit', { ciphertext: Buffer.from('vault:v1:../../keys') }],
  ] as const)('a wrapped key that names %s is refused before a call', async ([, change]) =>
    withHarness(async ({ provider, front }) => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
      const before = front.requestCount()
      await expect(provider.unwrap({ ...wrapped, ...change }, CONTEXT)).rejects.toEqual(refusal('keys.corrupt'))
      expect(front.requestCount()).toBe(before)
    }),
  )

  test('a redirect to another node is not followed', async () =>
    withHarness(async ({ provider, front }) => {
      const other = await startFront({ listener: forwardTo(bao.origin), answers })
      front.inject({ status: 307, headers: { location: `${other.url}/v1/transit/keys/any` }, body: '' })
      await expect(provider.currentVersion()).rejects.toEqual(refusal('keys.unavailable'))
      expect(other.requestCount()).toBe(0)
      await other.close()
    }))

  test('an answer without end is cut off', async () =>
    withHarness(async ({ provider, front }) => {
      front.inject({ status: 200, body: JSON.stringify({ data: 'x'.repeat(100_000) }) })
      await expect(provider.currentVersion()).rejects.toEqual(refusal('keys.unavailable'))
    }))

  test('over TLS: the pinned CA is believed, the same certificate without it is not', async () =>
    withHarness(
      async ({ options, front }) => {
        const pinned = createVaultKekProvider({ ...options, caFile: tls.caFile })
        expect(await pinned.currentVersion()).toBe('1')
        await pinned.close()
        const before = front.requestCount()
        const unpinned = createVaultKekProvider(options)
        await expect(unpinned.currentVersion()).rejects.toEqual(refusal('keys.unavailable'))
        expect(front.requestCount()).toBe(before)
        await unpinned.close()
      },
      {},
      true,
    ))
})

describe('settings of transit', () => {
  const base: VaultKekOptions = {
    name: 'vault',
    environment: 'production',
    address: 'https://vault.example.org:8200',
    keyName: 'kek',
    tokenFile: '/run/credentials/vault-token',
  }
  test.for([
    ['plain HTTP to another machine', 'address', { ...base, address: 'http://vault.example.org:8200' }],
    ['a token in the address', 'address', { ...base, address: 'https://token@vault.example.org' }],
    ['a key name that climbs', 'keyName', { ...base, keyName: '../sys' }],
    ['a mount that climbs', 'mount', { ...base, mount: 'transit/../sys' }],
    ['a namespace of two lines', 'namespace', { ...base, namespace: 'a\r\nx: y' }],
  ] as const)('%s is refused', ([, field, options]) => {
    expect(() => createVaultKekProvider(options)).toThrow(expect.objectContaining({ code: 'config.invalid', field }))
  })
})
