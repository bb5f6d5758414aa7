import { constants, publicEncrypt, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { KeyContext } from '../../key-context.ts'
import { createRsaPair, failure, startAzureVault } from '../../testing/azure-vault.ts'
import type { AzureVault, RsaPair } from '../../testing/azure-vault.ts'
import { createTestCertificate, hasOpenssl } from '../../testing/certificates.ts'
import type { TestCertificate } from '../../testing/certificates.ts'
import { describeKekContract } from '../../testing/kek-contract.ts'
import type { KekHarness } from '../../testing/kek-contract.ts'
import type { Fields } from '../shared/answer.ts'
import { createAzureKekProvider } from './azure-kek.ts'
import type { AzureKekOptions } from './azure-kek.ts'

const CONTEXT: KeyContext = {
  environment: 'test',
  tenant: 'north',
  objectClass: 'document',
  use: 'data',
  dekId: 'dek-1',
}
const isReady = hasOpenssl()
const TITLE = 'Azure Key Vault, on a server of ours that follows its reference (EN-04)'

describe.skipIf(!isReady)(isReady ? TITLE : `${TITLE} [skipped: no openssl for a certificate]`, () => {
  let dir: string
  let tls: TestCertificate
  let pairs: readonly RsaPair[]
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'azure-kek-'))
    tls = await createTestCertificate(dir)
    pairs = [createRsaPair(), createRsaPair()]
    // Once, so that no deadline pays for it.
    await import('@azure/keyvault-keys')
  })
  afterAll(async () => rm(dir, { recursive: true }))

  type Harness = KekHarness & {
    readonly vault: AzureVault
    readonly version: string
    readonly optionsFor: (version: string, token?: string) => AzureKekOptions
  }
  const open = async (fields?: Fields, ofPairs = pairs): Promise<Harness> => {
    const vault = await startAzureVault(tls, ofPairs)
    const { front } = vault
    const optionsFor = (version: string, token = vault.token): AzureKekOptions => ({
      name: 'azure',
      environment: 'test',
      keyUrl: vault.keyUrl(version),
      credential: { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
      caFile: tls.caFile,
      timeoutMs: 500,
    })
    const version = vault.addVersion(fields)
    let provider = createAzureKekProvider(optionsFor(version))
    return {
      vault,
      version,
      optionsFor,
      get provider() {
        return provider
      },
      async rotate() {
        await provider.close()
        provider = createAzureKekProvider(optionsFor(vault.addVersion()))
      },
      disable: async (name) => vault.setEnabled(name, false),
      enable: async (name) => vault.setEnabled(name, true),
      destroy: async () => vault.deleteKey(true),
      inject: async (fault) => front.inject(fault),
      heal: async () => front.heal(),
      close: async () => front.close(),
    }
  }
  describeKekContract('azure-key-vault', { open: async () => open() })

  const withHarness = async (
    run: (harness: Harness) => Promise<void>,
    fields?: Fields,
    ofPairs?: readonly RsaPair[],
  ): Promise<void> => {
    const harness = await open(fields, ofPairs)
    try {
      await run(harness)
    } finally {
      await harness.provider.close()
      await harness.close()
    }
  }
  const wrap = async ({ provider }: Harness): Promise<unknown> => provider.wrap(randomBytes(32), CONTEXT)

  test('what it wraps is RSA-OAEP with SHA-256 and nothing else', async () =>
    withHarness(async ({ provider, version, optionsFor }) => {
      const dek = randomBytes(32)
      const key = pairs[0]?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? ''
      const ciphertext = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, dek)
      const wrapped = { provider: 'azure', keyId: optionsFor(version).keyUrl, keyVersion: version, ciphertext }
      expect(Buffer.from(await provider.unwrap(wrapped, CONTEXT)).equals(dek)).toBe(true)
      const weak = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, dek)
      await expect(provider.unwrap({ ...wrapped, ciphertext: weak }, CONTEXT)).rejects.toMatchObject({
        code: 'keys.corrupt',
      })
    }))

  test('a disabled version wraps nothing, though the service would', async () =>
    withHarness(async (harness) => {
      await wrap(harness)
      await harness.disable(harness.version)
      await expect(wrap(harness)).rejects.toMatchObject({ code: 'keys.disabled' })
    }))

  test('a deleted key is disabled until it is purged', async () =>
    withHarness(async ({ provider, vault }) => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
      vault.deleteKey(false)
      await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject({ code: 'keys.disabled' })
      await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.disabled' })
      vault.recoverKey()
      expect(await provider.unwrap(wrapped, CONTEXT)).toHaveLength(32)
      vault.deleteKey(true)
      await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject({ code: 'keys.destroyed' })
      await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.destroyed' })
    }))

  test.for([
    ['can be exported', { attributes: { exportable: true } }, 'keys.environment-refused'],
    ['is no RSA key', { key: { kty: 'EC', crv: 'P-256' } }, 'config.invalid'],
    ['is not for wrapping', { key: { key_ops: ['sign', 'verify'] } }, 'config.invalid'],
    ['may not be used yet', { attributes: { nbf: 4_102_444_800 } }, 'keys.disabled'],
    ['has expired', { attributes: { exp: 1_000_000_000 } }, 'keys.disabled'],
  ] as const)('a key that %s wraps nothing', async ([, fields, code]) =>
    withHarness(async (harness) => {
      await expect(wrap(harness)).rejects.toMatchObject({ code })
    }, fields),
  )

  test('a key of 2,048 bits wraps nothing', async () =>
    withHarness(
      async (harness) => {
        await expect(wrap(harness)).rejects.toMatchObject({ code: 'config.invalid' })
      },
      {},
      [createRsaPair(2048)],
    ))

  test('an answer that names another key is refused', async () =>
    withHarness(async (harness) => {
      const wrapped = await harness.provider.wrap(randomBytes(32), CONTEXT)
      harness.vault.spoil((answer) =>
        'kid' in answer ? { ...answer, kid: harness.vault.keyUrl('0'.repeat(32)) } : answer,
      )
      await expect(wrap(harness)).rejects.toMatchObject({ code: 'keys.unavailable' })
      await expect(harness.provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject({ code: 'keys.unavailable' })
    }))

  test('a wrapped key that names another key or vault is refused before a call', async () =>
    withHarness(async ({ provider, vault: { front } }) => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
      const before = front.requestCount()
      for (const keyId of [
        wrapped.keyId.replace('/kek/', '/other/'),
        wrapped.keyId.replace('127.0.0.1', '127.0.0.2'),
      ]) {
        await expect(provider.unwrap({ ...wrapped, keyId }, CONTEXT)).rejects.toMatchObject({ code: 'keys.corrupt' })
      }
      expect(front.requestCount()).toBe(before)
    }))

  test('a token that the vault does not take is denied', async () =>
    withHarness(async ({ optionsFor, version }) => {
      const provider = createAzureKekProvider(optionsFor(version, 'stranger'))
      await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.denied' })
      await provider.close()
    }))

  test('without the CA of the vault nothing is sent', async () =>
    withHarness(async ({ optionsFor, version, vault: { front } }) => {
      const { caFile: _pinned, ...options } = optionsFor(version)
      const provider = createAzureKekProvider(options)
      await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.unavailable' })
      expect(front.requestCount()).toBe(0)
      await provider.close()
    }))

  test('an error holds neither the key nor the token, however deep one looks', async () =>
    withHarness(async ({ provider, vault }) => {
      const dek = randomBytes(32)
      await provider.wrap(dek, CONTEXT)
      vault.front.inject({ status: 500, body: '{"error":{"code":"Down","message":"names a user"}}' }, 'wrapkey')
      const refusal = await provider.wrap(dek, CONTEXT).catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 'keys.unavailable', cause: { message: 'RestError Down 500' } })
      const seen = inspect(refusal, { depth: Infinity, showHidden: true, maxStringLength: Infinity })
      for (const secret of [dek.toString('base64url'), vault.token, 'names a user']) expect(seen).not.toContain(secret)
    }))

  test('a proxy in the environment is not used', async () =>
    withHarness(async ({ vault, version, optionsFor }) => {
      vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1').stubEnv('https_proxy', 'http://127.0.0.1:1')
      const provider = createAzureKekProvider(optionsFor(version))
      try {
        expect(await provider.currentVersion()).toBe(version)
      } finally {
        vi.unstubAllEnvs()
      }
      expect(vault.front.requestCount()).toBeGreaterThan(0)
      await provider.close()
    }))

  test('a redirect is not followed', async () =>
    withHarness(async ({ provider, vault: { front } }) =>
      withHarness(async ({ vault: other, version }) => {
        front.inject({ status: 307, headers: { location: other.keyUrl(version) }, body: '' })
        await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.unavailable' })
        expect(other.front.requestCount()).toBe(0)
      }),
    ))

  test.for([
    [failure(403, 'Forbidden', 'AccessDenied'), 'keys.denied'],
    [failure(403, 'Forbidden', 'KeyDisabled'), 'keys.disabled'],
    [failure(404, 'KeyNotFound'), 'keys.destroyed'],
    [failure(409, 'Conflict', 'ObjectIsDeletedButRecoverable'), 'keys.disabled'],
    [failure(500, 'InternalServerError'), 'keys.unavailable'],
    [failure(503, 'ServiceUnavailable'), 'keys.unavailable'],
  ] as const)('%o is %s, and its text stays inside', async ([answer, code]) =>
    withHarness(async ({ provider, vault: { front } }) => {
      await provider.currentVersion()
      front.inject(answer)
      const refusal = await provider.currentVersion().catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code })
      expect(String(refusal)).not.toContain('names a user')
    }),
  )
})

describe('settings of Azure Key Vault', () => {
  const KEY_URL = `https://hospital.vault.azure.net/keys/kek/${'0'.repeat(32)}`
  const base: AzureKekOptions = {
    name: 'azure',
    environment: 'production',
    keyUrl: KEY_URL,
    credential: { type: 'default' },
  }
  test.for([
    ['a key without its version', KEY_URL.replace(/\/0+$/, '')],
    ['a vault elsewhere', KEY_URL.replace('azure.net', 'example.org')],
    ['a vault that looks like Azure', KEY_URL.replace('hospital.', 'hospital.example.org#.')],
    ['plain HTTP', KEY_URL.replace('https', 'http')],
    ['a query', `${KEY_URL}?x=y`],
  ] as const)('%s is refused', ([, keyUrl]) => {
    const refusal = expect.objectContaining({ code: 'config.invalid', field: 'keyUrl' })
    expect(() => createAzureKekProvider({ ...base, keyUrl })).toThrow(refusal)
  })
})
