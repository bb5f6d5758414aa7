import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { KeyContext } from '../../key-context.ts'
import { describeKekContract } from '../../testing/kek-contract.ts'
import type { KekHarness } from '../../testing/kek-contract.ts'
import { findEmulator, NO_EMULATOR, startEmulator } from '../../testing/emulators.ts'
import type { Emulator } from '../../testing/emulators.ts'
import type { Front } from '../../testing/front.ts'
import { toFields } from '../shared/answer.ts'
import { createAwsKekProvider } from './aws-kek.ts'
import type { AwsKekOptions } from './aws-kek.ts'
import { awsError, createMotoCaller, startMotoFront } from '../../testing/moto.ts'
import type { CallMoto } from '../../testing/moto.ts'

const ARN = 'arn:aws:kms:us-east-1:123456789012:key/0d990263-018e-4e65-a703-eff731de951e'
const CONTEXT: KeyContext = {
  environment: 'test',
  tenant: 'north',
  objectClass: 'document',
  use: 'data',
  dekId: 'dek-1',
}
const CREDENTIALS = JSON.stringify({ Version: 1, AccessKeyId: 'test', SecretAccessKey: 'test' })
const WITHOUT_DATE = JSON.stringify({ ...JSON.parse(CREDENTIALS), Expiration: 'soon' })
const program = findEmulator('moto_server')

describe.skipIf(program === undefined)(
  `AWS KMS, judged by moto (EN-04)${program === undefined ? ` [${NO_EMULATOR}]` : ''}`,
  () => {
    let moto: Emulator
    let call: CallMoto
    let dir: string
    beforeAll(async () => {
      moto = await startEmulator([program ?? '', '-H', '127.0.0.1', '-p', '0'], /Running on (http:\/\/[\d.:]+)/)
      call = createMotoCaller(moto.found)
      // Once, so that no deadline pays for it.
      await import('@aws-sdk/client-kms')
      dir = await mkdtemp(join(tmpdir(), 'aws-kek-'))
      await writeFile(join(dir, 'credentials.json'), CREDENTIALS, { mode: 0o600 })
    }, 40_000)
    afterAll(async () => {
      await moto.stop()
      await rm(dir, { recursive: true })
    })

    const createKey = async (input: Readonly<Record<string, string>> = {}): Promise<string> => {
      const { body } = await call('CreateKey', { KeyUsage: 'ENCRYPT_DECRYPT', ...input })
      return String(toFields(toFields(JSON.parse(body))['KeyMetadata'])['Arn'])
    }
    const scheduleDeletion = async (id: string): Promise<void> =>
      void (await call('ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: 7 }))
    const idOf = (arn: string): string => arn.split('/').at(-1) ?? ''
    const optionsFor = (front: Front, keyArn: string): AwsKekOptions => ({
      name: 'aws',
      environment: 'test',
      keyArn,
      credentialsFile: join(dir, 'credentials.json'),
      endpoint: front.url,
      timeoutMs: 1500,
    })
    const open = async (): Promise<KekHarness & { readonly front: Front; readonly keyArn: string }> => {
      const front = await startMotoFront(moto.found)
      const keyArn = await createKey()
      const arns = [keyArn]
      let provider = createAwsKekProvider(optionsFor(front, keyArn))
      return {
        front,
        keyArn,
        get provider() {
          return provider
        },
        async rotate() {
          await provider.close()
          const next = await createKey()
          provider = createAwsKekProvider({ ...optionsFor(front, next), olderKeyArns: [...arns] })
          arns.push(next)
        },
        disable: async (version) => void (await call('DisableKey', { KeyId: version })),
        enable: async (version) => void (await call('EnableKey', { KeyId: version })),
        destroy: async (version) => {
          await scheduleDeletion(version)
          front.endDeletionWindow(arns.find((arn) => idOf(arn) === version) ?? '')
        },
        inject: async (fault) => front.inject(fault),
        heal: async () => front.heal(),
        close: async () => front.close(),
      }
    }
    describeKekContract('aws-kms', { open })

    const withHarness = async (run: (harness: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> => {
      const harness = await open()
      try {
        await run(harness)
      } finally {
        harness.front.heal()
        await harness.provider.close()
        await harness.close()
      }
    }

    test('material rotated under one ARN: what was wrapped before still opens', async () =>
      withHarness(async ({ provider, keyArn }) => {
        const dek = randomBytes(32)
        const wrapped = await provider.wrap(dek, CONTEXT)
        await call('RotateKeyOnDemand', { KeyId: idOf(keyArn) })
        expect(Buffer.from(await provider.unwrap(wrapped, CONTEXT)).equals(dek)).toBe(true)
      }))

    test('a wrapped key that names another key of the account is refused before a call', async () =>
      withHarness(async ({ provider, front }) => {
        const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
        const keyId = await createKey()
        const before = front.requestCount()
        await expect(provider.unwrap({ ...wrapped, keyId }, CONTEXT)).rejects.toMatchObject({ code: 'keys.corrupt' })
        expect(front.requestCount()).toBe(before)
      }))

    test('a ciphertext of another key, under the name of ours, is refused', async () =>
      withHarness(async (harness) => {
        const old = await harness.provider.wrap(randomBytes(32), CONTEXT)
        await harness.rotate()
        const current = await harness.provider.wrap(randomBytes(32), CONTEXT)
        const moved = { ...current, ciphertext: old.ciphertext }
        await expect(harness.provider.unwrap(moved, CONTEXT)).rejects.toMatchObject({ code: 'keys.corrupt' })
      }))

    test('a disabled key wraps nothing', async () =>
      withHarness(async ({ provider, keyArn, ...harness }) => {
        await harness.disable(idOf(keyArn))
        await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toMatchObject({ code: 'keys.disabled' })
      }))

    test('a key that waits for its deletion is disabled, and opens again once that is cancelled', async () =>
      withHarness(async ({ provider, keyArn }) => {
        const wrapped = await provider.wrap(randomBytes(32), CONTEXT)
        await scheduleDeletion(idOf(keyArn))
        await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject({ code: 'keys.disabled' })
        await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toMatchObject({ code: 'keys.disabled' })
        await call('CancelKeyDeletion', { KeyId: idOf(keyArn) })
        await call('EnableKey', { KeyId: idOf(keyArn) })
        expect(await provider.unwrap(wrapped, CONTEXT)).toHaveLength(32)
      }))

    test('a key that does not exist counts as destroyed', async () =>
      withHarness(async ({ front }) => {
        const provider = createAwsKekProvider(optionsFor(front, ARN))
        await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.destroyed' })
        await provider.close()
      }))

    test('a key for signing is refused', async () =>
      withHarness(async ({ front }) => {
        const keyArn = await createKey({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256' })
        const provider = createAwsKekProvider(optionsFor(front, keyArn))
        await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toMatchObject({ code: 'config.invalid' })
        await provider.close()
      }))

    test('a credentials file that changes is read again', async () =>
      withHarness(async ({ front, keyArn }) => {
        const credentialsFile = join(dir, 'rotating.json')
        await writeFile(credentialsFile, CREDENTIALS, { mode: 0o600 })
        const provider = createAwsKekProvider({ ...optionsFor(front, keyArn), credentialsFile })
        await provider.currentVersion()
        await writeFile(credentialsFile, '{}')
        await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.denied' })
        await writeFile(credentialsFile, CREDENTIALS)
        await provider.currentVersion()
        await provider.close()
      }))

    test('an endpoint in the environment is not asked', async () =>
      withHarness(async ({ provider, front }) => {
        const other = await startMotoFront(moto.found)
        vi.stubEnv('AWS_ENDPOINT_URL', other.url).stubEnv('AWS_ENDPOINT_URL_KMS', other.url)
        try {
          await provider.currentVersion()
        } finally {
          vi.unstubAllEnvs()
        }
        expect([front.requestCount(), other.requestCount()]).toEqual([1, 0])
        await other.close()
      }))

    test('a redirect is not followed', async () =>
      withHarness(async ({ provider, front }) => {
        const other = await startMotoFront(moto.found)
        front.inject({ status: 307, headers: { location: other.url }, body: '' })
        await expect(provider.currentVersion()).rejects.toMatchObject({ code: 'keys.unavailable' })
        expect(other.requestCount()).toBe(0)
        await other.close()
      }))

    test.for([
      ['UnrecognizedClientException', 'keys.denied'],
      ['ExpiredTokenException', 'keys.denied'],
      ['InvalidKeyUsageException', 'keys.denied'],
      ['LimitExceededException', 'keys.throttled'],
      ['DependencyTimeoutException', 'keys.unavailable'],
      ['KMSInternalException', 'keys.unavailable'],
      ['KeyUnavailableException', 'keys.unavailable'],
    ] as const)('%s is %s, and its text stays inside', async ([type, code]) =>
      withHarness(async ({ provider, front }) => {
        front.inject({ ...awsError(type), body: JSON.stringify({ __type: type, message: 'names a user' }) })
        const refusal = await provider.currentVersion().catch((error: unknown) => error)
        expect(refusal).toMatchObject({ code })
        expect(String(refusal)).not.toContain('names a user')
      }),
    )

    test.for([
      ['is open to other accounts', async (path: string) => chmod(path, 0o644), 'keys.unavailable'],
      ['is absent', async (path: string) => rm(path), 'keys.denied'],
      ['ends on no date', async (path: string) => writeFile(path, WITHOUT_DATE), 'keys.denied'],
      ['is damaged', async (path: string) => writeFile(path, '{'), 'keys.denied'],
    ] as const)('a credentials file that %s is refused', async ([, spoil, code]) =>
      withHarness(async ({ front, keyArn }) => {
        const credentialsFile = join(dir, `${crypto.randomUUID()}.json`)
        await writeFile(credentialsFile, CREDENTIALS, { mode: 0o600 })
        await spoil(credentialsFile)
        const provider = createAwsKekProvider({ ...optionsFor(front, keyArn), credentialsFile })
        await expect(provider.currentVersion()).rejects.toMatchObject({ code })
        expect(front.requestCount()).toBe(0)
        await provider.close()
      }),
    )
  },
)

describe('settings of AWS KMS', () => {
  const base: AwsKekOptions = { name: 'aws', environment: 'production', keyArn: ARN }
  test.for([
    ['an alias', 'keyArn', { ...base, keyArn: 'arn:aws:kms:us-east-1:123456789012:alias/kek' }],
    ['a bare id', 'keyArn', { ...base, keyArn: '0d990263-018e-4e65-a703-eff731de951e' }],
    [
      'an older key of another region',
      'olderKeyArns',
      { ...base, olderKeyArns: [ARN.replace('us-east-1', 'eu-west-1')] },
    ],
    ['an endpoint elsewhere', 'endpoint', { ...base, endpoint: 'https://kms.example.org' }],
    ['an endpoint with credentials', 'endpoint', { ...base, endpoint: 'http://user:pass@127.0.0.1' }],
  ] as const)('%s is refused', ([, field, options]) => {
    expect(() => createAwsKekProvider(options)).toThrow(expect.objectContaining({ code: 'config.invalid', field }))
  })
})
