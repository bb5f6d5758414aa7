import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyContext } from '../../key-context.ts'
import { failure, startGcpServer } from '../../testing/gcp-kms.ts'
import type { GcpServer } from '../../testing/gcp-kms.ts'
import { describeKekContract } from '../../testing/kek-contract.ts'
import type { KekHarness } from '../../testing/kek-contract.ts'
import type { Fields } from '../shared/answer.ts'
import { createGcpKekProvider } from './gcp-kek.ts'
import type { GcpKekOptions } from './gcp-kek.ts'

const KEY_NAME = 'projects/hospital/locations/us-east4/keyRings/breakwater/cryptoKeys/kek'
const CONTEXT: KeyContext = {
  environment: 'test',
  tenant: 'north',
  objectClass: 'document',
  use: 'data',
  dekId: 'dek-1',
}

describe('Cloud KMS, on a server of ours that follows its reference (EN-04)', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gcp-kek-'))
    // Once, so that no deadline pays for it.
    await import('google-auth-library')
  })
  afterAll(async () => rm(dir, { recursive: true }))

  const writeCredentials = async (server: GcpServer, change: Fields = {}, mode = 0o600): Promise<string> => {
    const base = join(dir, crypto.randomUUID())
    await writeFile(`${base}.token`, server.subjectToken, { mode: 0o600 })
    const credentials = {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${server.front.url}/sts`,
      credential_source: { file: `${base}.token` },
      ...change,
    }
    await writeFile(`${base}.json`, JSON.stringify(credentials), { mode })
    return `${base}.json`
  }
  type Harness = KekHarness & { readonly server: GcpServer; readonly options: GcpKekOptions }
  const open = async (change?: Fields, mode?: number): Promise<Harness> => {
    const server = await startGcpServer(KEY_NAME)
    const { front } = server
    const options: GcpKekOptions = {
      name: 'gcp',
      environment: 'test',
      keyName: KEY_NAME,
      endpoint: front.url,
      credentialsFile: await writeCredentials(server, change, mode),
      timeoutMs: 300,
    }
    return {
      server,
      options,
      provider: createGcpKekProvider(options),
      rotate: async () => server.addVersion(),
      disable: async (version) => server.setState(version, 'DISABLED'),
      enable: async (version) => server.setState(version, 'ENABLED'),
      destroy: async (version) => server.setState(version, 'DESTROYED'),
      inject: async (fault) => front.inject(fault),
      heal: async () => front.heal(),
      close: async () => front.close(),
    }
  }
  describeKekContract('gcp-kms', { open: async () => open() })

  const withHarness = async (
    run: (harness: Harness) => Promise<void>,
    change?: Fields,
    mode?: number,
  ): Promise<void> => {
    const harness = await open(change, mode)
    try {
      await run(harness)
    } finally {
      await harness.provider.close()
      await harness.close()
    }
  }

  test.for([
    ['DISABLED', 'keys.disabled'],
    ['DESTROY_SCHEDULED', 'keys.disabled'],
    ['DESTROYED', 'keys.destroyed'],
  ] as const)('a version that is %s is %s, for wrapping and unwrapping', async ([state, code]) =>
    withHarness(async ({ provider, server }) => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
      server.setState('1', state)
      await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject({ code })
      await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toMatchObject({ code })
      await expect(provider.currentVersion()).rejects.toMatchObject({ code })
    }),
  )

  const spoiled: readonly (readonly [string, (answer: Fields) => Fields])[] = [
    ['another checksum of the ciphertext', (answer) => ({ ...answer, ciphertextCrc32c: '1' })],
    ['no checksum of the ciphertext', (answer) => ({ ...answer, ciphertextCrc32c: undefined })],
    ['a plaintext it did not verify', (answer) => ({ ...answer, verifiedPlaintextCrc32c: false })],
    ['a context it did not verify', (answer) => ({ ...answer, verifiedAdditionalAuthenticatedDataCrc32c: undefined })],
    ['the name of another key', (answer) => ({ ...answer, name: `${KEY_NAME}2/cryptoKeyVersions/1` })],
    ['a version without number', (answer) => ({ ...answer, name: `${KEY_NAME}/cryptoKeyVersions/latest` })],
  ]
  test.for(spoiled)('an answer to encrypt with %s is refused', async ([, change]) =>
    withHarness(async ({ provider, server }) => {
      server.spoil(change)
      await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toMatchObject({ code: 'keys.unavailable' })
    }),
  )

  test('a plaintext that changed on its way is refused', async () =>
    withHarness(async ({ provider, server }) => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
      server.spoil((answer) => ({ ...answer, plaintext: randomBytes(32).toString('base64') }))
      await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject({ code: 'keys.unavailable' })
    }))

  test('a key for signing is refused', async () =>
    withHarness(async ({ provider, server }) => {
      server.spoil((answer) => ({ ...answer, purpose: 'ASYMMETRIC_SIGN' }))
      await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'config.invalid' })
    }))

  test('a wrapped key that names another key is refused before a call', async () =>
    withHarness(async ({ provider, server: { front } }) => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
      const before = front.requestCount()
      const moved = { ...wrapped, keyId: `${KEY_NAME}2` }
      await expect(provider.unwrap(moved, CONTEXT)).rejects.toMatchObject({ code: 'keys.corrupt' })
      expect(front.requestCount()).toBe(before)
    }))

  test('a redirect is not followed', async () =>
    withHarness(async ({ provider, server: { front } }) =>
      withHarness(async ({ server: other }) => {
        await provider.currentVersion()
        front.inject({ status: 308, headers: { location: `${other.front.url}/v1/${KEY_NAME}` }, body: '' })
        await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.unavailable' })
        expect(other.front.requestCount()).toBe(0)
      }),
    ))

  test.for([
    [failure(401, 'UNAUTHENTICATED'), 'keys.denied'],
    [failure(404, 'NOT_FOUND'), 'keys.unavailable'],
    [failure(500, 'INTERNAL'), 'keys.unavailable'],
    [failure(503, 'UNAVAILABLE'), 'keys.unavailable'],
  ] as const)('%o is %s', async ([answer, code]) =>
    withHarness(async ({ provider, server: { front } }) => {
      await provider.currentVersion()
      front.inject(answer)
      await expect(provider.currentVersion()).rejects.toMatchObject({ code })
    }),
  )

  test.for([
    ['sends its token elsewhere', { token_url: 'https://sts.example.org/token' }, 'keys.denied'],
    ['sends its token to a bucket', { token_url: 'https://x.storage.googleapis.com/token' }, 'keys.denied'],
    ['runs a program', { credential_source: { executable: { command: '/bin/true' } } }, 'keys.denied'],
    ['holds no private key', { type: 'service_account', client_email: 'a@b', private_key: 'no' }, 'keys.denied'],
    ['is of another type', { type: 'authorized_user' }, 'keys.denied'],
  ] as const)('a credentials file that %s is refused', async ([, change, code]) =>
    withHarness(async ({ provider, server: { front } }) => {
      await expect(provider.currentVersion()).rejects.toMatchObject({ code })
      expect(front.requestCount()).toBe(0)
    }, change),
  )

  test('a credentials file that other accounts may open is refused', async () =>
    withHarness(
      async ({ provider }) => {
        await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.unavailable' })
      },
      {},
      0o644,
    ))

  test('a subject token that the sign-in refuses is denied', async () => {
    const file = join(dir, 'stranger.token')
    await writeFile(file, 'stranger-to-the-sign-in', { mode: 0o600 })
    const strange = { credential_source: { file } }
    await withHarness(async ({ provider, server: { front } }) => {
      const refusal = await provider.currentVersion().catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 'keys.denied' })
      const seen = inspect(refusal, { depth: Infinity, showHidden: true, maxStringLength: Infinity })
      expect(seen).not.toContain('stranger-to-the-sign-in')
      expect(front.requestCount()).toBe(1)
    }, strange)
  })
})

describe('settings of Cloud KMS', () => {
  const base: GcpKekOptions = { name: 'gcp', environment: 'production', keyName: KEY_NAME }
  test.for([
    ['a version of a key', 'keyName', { ...base, keyName: `${KEY_NAME}/cryptoKeyVersions/1` }],
    ['a key name that climbs', 'keyName', { ...base, keyName: KEY_NAME.replace('kek', '../kek') }],
    ['an endpoint elsewhere', 'endpoint', { ...base, endpoint: 'https://cloudkms.example.org' }],
    [
      'an endpoint that looks like Google',
      'endpoint',
      { ...base, endpoint: 'https://cloudkms.googleapis.com.example.org' },
    ],
  ] as const)('%s is refused', ([, field, options]) => {
    expect(() => createGcpKekProvider(options)).toThrow(expect.objectContaining({ code: 'config.invalid', field }))
  })

  test('a regional endpoint of Google is taken', async () => {
    await createGcpKekProvider({ ...base, endpoint: 'https://cloudkms.us-east4.rep.googleapis.com' }).close()
  })
})
