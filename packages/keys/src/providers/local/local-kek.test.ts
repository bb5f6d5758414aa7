import { chmod, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test as base } from 'vitest'
import { describeKekContract } from '../../testing/kek-contract.ts'
import { createLocalKekProvider } from './local-kek.ts'

describeKekContract('local key file', {
  async open() {
    const dir = await mkdtemp(join(tmpdir(), 'kek-'))
    const path = join(dir, 'kek.json')
    const provider = await createLocalKekProvider({ dir, environment: 'test' })
    return {
      provider,
      rotate: async () => void (await provider.rotate()),
      disable: async (version) => provider.disable(version),
      enable: async (version) => provider.enable(version),
      destroy: async (version) => provider.destroy(version),
      async inject(fault) {
        await rename(path, `${path}.away`)
        if (fault === 'garbage') await writeFile(path, '{', { mode: 0o600 })
      },
      async heal() {
        await rename(`${path}.away`, path).catch(() => undefined)
      },
      close: async () => rm(dir, { recursive: true }),
    }
  },
  cannot: {
    throttled: 'a file has no rate limit',
    denied: 'a file has no credentials',
    stalled: 'a file answers or fails',
  },
})

const test = base.extend<{ dir: string }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  dir: async ({}, use) => {
    const dir = await mkdtemp(join(tmpdir(), 'kek-'))
    await use(join(dir, 'keys'))
    await rm(dir, { recursive: true })
  },
})
const REFUSED = { code: 'keys.environment-refused' }

describe('createLocalKekProvider', () => {
  test('production refuses a key file (AC-12)', async ({ dir }) => {
    await expect(createLocalKekProvider({ dir, environment: 'production' })).rejects.toMatchObject(REFUSED)
  })

  test('a key file of another environment is refused (AC-12)', async ({ dir }) => {
    await createLocalKekProvider({ dir, environment: 'staging' })
    await expect(createLocalKekProvider({ dir, environment: 'development' })).rejects.toMatchObject(REFUSED)
    const path = join(dir, 'kek.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('staging', 'production'))
    await expect(createLocalKekProvider({ dir, environment: 'development' })).rejects.toMatchObject(REFUSED)
  })

  test('the file is closed to other accounts, and refused when it is not', async ({ dir }) => {
    await createLocalKekProvider({ dir, environment: 'test' })
    const path = join(dir, 'kek.json')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await chmod(path, 0o604)
    await expect(createLocalKekProvider({ dir, environment: 'test' })).rejects.toMatchObject({
      code: 'keys.unavailable',
    })
  })

  test('a destroyed version leaves no secret in the file', async ({ dir }) => {
    const provider = await createLocalKekProvider({ dir, environment: 'test' })
    const secretOf = async (): Promise<string> =>
      JSON.parse(await readFile(join(dir, 'kek.json'), 'utf8')).versions[0].secret
    const secret = await secretOf()
    await provider.rotate()
    await provider.destroy('1')
    expect([secret.length, await secretOf()]).toEqual([44, ''])
    expect(await readFile(join(dir, 'kek.json'), 'utf8')).not.toContain(secret)
  })
})
