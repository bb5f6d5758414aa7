import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, describe, expect } from 'vitest'
import { createLocalKeyring } from './index.ts'

const test = base.extend<{ dir: string }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  dir: async ({}, use) => {
    const parent = await mkdtemp(join(tmpdir(), 'keys-'))
    await use(join(parent, 'keys'))
    await rm(parent, { recursive: true })
  },
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('createLocalKeyring', () => {
  test('derives the same after it was opened again', async ({ dir }) => {
    const first = await createLocalKeyring({ dir })
    const again = await createLocalKeyring({ dir })
    const macs = [first, again].map((keyring) => hex(keyring.deriveMac('tokens', 1, 'a', ['x'])('text')))
    expect(macs[0]).toBe(macs[1])
    expect(macs[0]).toHaveLength(64)
  })

  test('label, tenant, context and version each change what is derived', async ({ dir }) => {
    const keyring = await createLocalKeyring({ dir })
    await keyring.rotate('data')
    const macs = [
      keyring.deriveMac('data', 1, 'a', ['x']),
      keyring.deriveMac('data', 2, 'a', ['x']),
      keyring.deriveMac('tokens', 1, 'a', ['x']),
      keyring.deriveMac('data', 1, 'b', ['x']),
      keyring.deriveMac('data', 1, 'a', ['y']),
      keyring.deriveMac('data', 1, 'a', []),
      keyring.deriveMac('data', 1, 'ax', []),
    ].map((mac) => hex(mac('text')))
    expect(new Set(macs).size).toBe(macs.length)
  })

  test('a rotated label has a new current version, and the old one still derives', async ({ dir }) => {
    const keyring = await createLocalKeyring({ dir })
    const before = hex(keyring.deriveMac('subjects', 1, 'a', [])('text'))
    expect(await keyring.rotate('subjects')).toBe(2)
    const reopened = await createLocalKeyring({ dir })
    expect([reopened.currentVersion('subjects'), reopened.currentVersion('data')]).toEqual([2, 1])
    expect(hex(reopened.deriveMac('subjects', 1, 'a', [])('text'))).toBe(before)
  })

  test('processes that start together agree on one key', async ({ dir }) => {
    const keyrings = await Promise.all(Array.from({ length: 8 }, async () => createLocalKeyring({ dir })))
    const macs = keyrings.map((keyring) => hex(keyring.deriveMac('data', 1, 'a', [])('text')))
    expect(new Set(macs).size).toBe(1)
    expect(await readdir(dir)).toEqual(['keyring.json'])
  })

  test('file and folder are closed to other accounts, and a file that is not is refused', async ({ dir }) => {
    await createLocalKeyring({ dir })
    const path = join(dir, 'keyring.json')
    expect([(await stat(dir)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([0o700, 0o600])
    await chmod(path, 0o640)
    await expect(createLocalKeyring({ dir })).rejects.toMatchObject({ code: 'keys.unavailable' })
  })

  test('a version that is not held is refused', async ({ dir }) => {
    const keyring = await createLocalKeyring({ dir })
    expect(() => keyring.deriveMac('data', 2, 'a', [])).toThrow(expect.objectContaining({ code: 'keys.unavailable' }))
  })

  test.for([
    ['', 'nothing'],
    ['{', 'half a file'],
    ['{"data":[],"tokens":[],"subjects":[]}', 'no keys'],
  ])('a damaged file (%#) is refused and never replaced', async ([text], { dir }) => {
    await createLocalKeyring({ dir })
    const path = join(dir, 'keyring.json')
    await writeFile(path, text ?? '')
    await expect(createLocalKeyring({ dir })).rejects.toMatchObject({ code: 'keys.unavailable' })
    expect(await readFile(path, 'utf8')).toBe(text)
  })
})
