import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lockHome } from './lock.ts'

async function withHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'breakwater-lock-'))
  try {
    await work(home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

describe('the lock of a home', () => {
  test('is had by one, however the folder is named, and can be had again once released', async () => {
    await withHome(async (home) => {
      const lock = await lockHome(home)
      await expect(lockHome(`${home}/../${home.split('/').at(-1)}`)).rejects.toMatchObject({ code: 'home.in-use' })
      await lock.release()
      await (await lockHome(home)).release()
    })
  })

  test('leaves another home alone', async () => {
    await withHome(async (one) => {
      await withHome(async (other) => {
        const locks = await Promise.all([lockHome(one), lockHome(other)])
        await Promise.all(locks.map(async (lock) => lock.release()))
      })
    })
  })
})
