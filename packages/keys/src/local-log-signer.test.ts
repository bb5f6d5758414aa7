import { createPublicKey, verify } from 'node:crypto'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, describe, expect } from 'vitest'
import { createLocalLogSigner } from './index.ts'

const test = base.extend<{ dir: string }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  dir: async ({}, use) => {
    const dir = await mkdtemp(join(tmpdir(), 'keys-'))
    await use(dir)
    await rm(dir, { recursive: true })
  },
})

describe('createLocalLogSigner', () => {
  test('signs with Ed25519 under the public key it names, the same key after it was opened again', async ({ dir }) => {
    const first = await createLocalLogSigner({ dir, name: 'example.org/log' })
    const again = await createLocalLogSigner({ dir, name: 'example.org/log' })
    const message = Buffer.from('head')
    const x = Buffer.from(first.publicKey).toString('base64url')
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    expect(verify(null, message, publicKey, await again.sign(message))).toBe(true)
    expect(first.publicKey).toHaveLength(32)
    expect((await stat(join(dir, 'log-key.pem'))).mode & 0o777).toBe(0o600)
  })

  test('refuses a damaged key file', async ({ dir }) => {
    await writeFile(join(dir, 'log-key.pem'), 'damaged', { mode: 0o600 })
    await expect(createLocalLogSigner({ dir, name: 'example.org/log' })).rejects.toMatchObject({
      code: 'keys.unavailable',
    })
  })
})
