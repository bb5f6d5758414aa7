import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KekErrorCode, KekProvider, WrappedKey } from '../kek-provider.ts'
import type { KeyContext } from '../key-context.ts'
import { startFront } from '../testing/front.ts'
import type { Front } from '../testing/front.ts'
import { createAwsKekProvider } from './aws/aws-kek.ts'
import { createVaultKekProvider } from './vault/vault-kek.ts'

const CONTEXT: KeyContext = {
  environment: 'test',
  tenant: 'north',
  objectClass: 'document',
  use: 'data',
  dekId: 'dek-1',
}
const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/0d990263-018e-4e65-a703-eff731de951e'
const NONE = { status: 500, body: '' }
/** What a call may throw: the codes of a provider, and what it says of a key that is not fit. */
const CODES: readonly string[] = [
  'config.invalid',
  'keys.context-mismatch',
  'keys.corrupt',
  'keys.denied',
  'keys.destroyed',
  'keys.disabled',
  'keys.environment-refused',
  'keys.throttled',
  'keys.unavailable',
] satisfies (KekErrorCode | 'config.invalid' | 'keys.environment-refused')[]

/** Names that the services use, with whatever value: it gets further than noise. */
const FIELDS = [
  'data',
  'plaintext',
  'ciphertext',
  'latest_version',
  'type',
  'errors',
  'KeyMetadata',
  'Arn',
  'KeyId',
].concat(['KeyState', 'KeyUsage', 'KeySpec', 'Plaintext', 'CiphertextBlob', '__type'])
const VALUES = [
  KEY_ARN,
  'aes256-gcm96',
  'Enabled',
  'ENCRYPT_DECRYPT',
  'SYMMETRIC_DEFAULT',
  'vault:v1:AAAA',
  'AAAA',
  1,
  null,
]
const leaf = fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue({ maxDepth: 1 }))
const named = fc.dictionary(fc.constantFrom(...FIELDS), leaf)
const answer = fc.record({
  status: fc.constantFrom(200, 200, 200, 204, 301, 400, 403, 404, 429, 500, 503),
  body: fc.oneof(
    fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(leaf, named)).map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string({ unit: 'binary' }),
  ),
})

describe('whatever a key service answers', () => {
  let dir: string
  let front: Front
  const open: Record<string, () => { provider: KekProvider; wrapped: Omit<WrappedKey, 'provider'> }> = {
    'aws-kms': () => ({
      provider: createAwsKekProvider({
        name: 'aws',
        environment: 'test',
        keyArn: KEY_ARN,
        endpoint: front.url,
        credentialsFile: join(dir, 'credentials.json'),
      }),
      wrapped: { keyId: KEY_ARN, keyVersion: '1', ciphertext: randomBytes(96) },
    }),
    'vault-transit': () => ({
      provider: createVaultKekProvider({
        name: 'vault',
        environment: 'test',
        address: front.url,
        keyName: 'kek',
        tokenFile: join(dir, 'token'),
      }),
      wrapped: { keyId: 'transit/kek', keyVersion: '1', ciphertext: Buffer.from('vault:v1:AAAA') },
    }),
  }
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'answers-'))
    const credentials = { Version: 1, AccessKeyId: 'test', SecretAccessKey: 'test' }
    await writeFile(join(dir, 'credentials.json'), JSON.stringify(credentials), { mode: 0o600 })
    await writeFile(join(dir, 'token'), 'token', { mode: 0o600 })
    const answers = { denied: NONE, garbage: NONE, throttled: NONE }
    front = await startFront({ listener: (_request, response) => response.end(), answers })
  })
  afterAll(async () => {
    await front.close()
    await rm(dir, { recursive: true })
  })

  test.for(Object.keys(open))(
    '%s gives a key of 16 to 64 bytes or one of the codes, nothing else',
    { timeout: 30_000 },
    async (kind) => {
      const { provider, wrapped } = open[kind]?.() ?? { provider: undefined, wrapped: undefined }
      if (!provider) throw new Error('no such provider')
      const check = async (call: Promise<Uint8Array>, [min, max]: readonly [number, number]): Promise<void> => {
        const outcome = await call.catch((error: unknown) => error)
        if (outcome instanceof Uint8Array) {
          expect(outcome.length).toBeGreaterThanOrEqual(min)
          expect(outcome.length).toBeLessThanOrEqual(max)
        } else {
          expect(outcome).toBeInstanceOf(AppError)
          expect(CODES).toContain((outcome as AppError).code)
        }
      }
      const property = fc.asyncProperty(answer, async (given) => {
        front.inject(given)
        await check(provider.unwrap({ ...wrapped, provider: provider.name }, CONTEXT), [16, 64])
        await check(
          provider.wrap(randomBytes(32), CONTEXT).then(({ ciphertext }) => ciphertext),
          [1, 4096],
        )
      })
      await fc.assert(property, { numRuns: 100 })
      await provider.close()
    },
  )
})
