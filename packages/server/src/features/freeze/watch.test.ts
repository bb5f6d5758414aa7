import { AppError } from '@breakwater/kernel'
import { expect, test } from 'vitest'
import { createWatch } from './watch.ts'

const EGRESS = { tenant: 'default', provider: 'scripted' }

const unavailable = async (): Promise<void> => {
  throw new AppError('database.unavailable', { message: 'the database does not answer' })
}

test('what is under way is cut when nobody can tell any more whether it is frozen', async () => {
  const watch = createWatch({ requireOpen: unavailable, everyMs: 5, maxUnknownMs: 40 })
  const { promise, resolve } = Promise.withResolvers<Error>()
  const startedMs = performance.now()
  watch.add({ ...EGRESS, cut: resolve })
  expect(await promise).toMatchObject({ code: 'database.unavailable' })
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(40)
  watch.close()
})

test('a look that fails once cuts nothing', async () => {
  let looks = 0
  let isCut = false
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const requireOpen = async (): Promise<void> => {
    looks += 1
    if (looks === 10) resolve(undefined)
    if (looks % 2 === 1) return unavailable()
  }
  const watch = createWatch({ requireOpen, everyMs: 2, maxUnknownMs: 2_000 })
  watch.add({ ...EGRESS, cut: () => (isCut = true) })
  await promise
  watch.close()
  expect(isCut).toBe(false)
})

test('what is over is not looked at', async () => {
  let looks = 0
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const requireOpen = async (): Promise<void> => {
    looks += 1
    resolve(undefined)
  }
  const watch = createWatch({ requireOpen, everyMs: 2 })
  const leave = watch.add({ ...EGRESS, cut: () => undefined })
  await promise
  leave()
  const before = looks
  await new Promise((done) => setTimeout(done, 20))
  expect(looks - before).toBeLessThanOrEqual(1)
})
