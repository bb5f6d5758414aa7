import { describe, expect, test } from 'vitest'
import { createAppender } from './index.ts'
import type { AppendStore, LedgerEntry, LedgerRecord } from './index.ts'
import { decodeEntry } from './verify.ts'
import { makeEntryBytes } from './testing.ts'

const makeEntry = (number: number): LedgerEntry => decodeEntry(makeEntryBytes(number))
const unavailable = { code: 'ledger.unavailable' }

/** A store whose batches commit when the test says so. */
function createHeldStore(): AppendStore & { batches: LedgerRecord[][]; commit(): void; fail(): void } {
  const batches: LedgerRecord[][] = []
  let held = Promise.withResolvers<void>()
  let next = 0
  return {
    batches,
    async append(records) {
      batches.push([...records])
      await held.promise
      next += records.length
      return next - records.length
    },
    commit() {
      held.resolve()
      held = Promise.withResolvers()
    },
    fail() {
      held.reject(new Error('down'))
      held = Promise.withResolvers()
    },
  }
}

/** As many turns of the event loop as a batch needs to see that no more arrive. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve))
}
const sizesOf = (batches: readonly LedgerRecord[][]): number[] => batches.map(({ length }) => length)

describe('createAppender', () => {
  test('entries that arrive while a batch commits leave together in the next', async () => {
    const store = createHeldStore()
    const appender = createAppender({ store })
    const first = [0, 1].map(async (number) => appender.append(makeEntry(number)))
    await turn()
    const second = [2, 3, 4].map(async (number) => appender.append(makeEntry(number)))
    await turn()
    expect(sizesOf(store.batches)).toEqual([2])
    store.commit()
    expect(await Promise.all(first)).toEqual([{ index: 0 }, { index: 1 }])
    await turn()
    expect(sizesOf(store.batches)).toEqual([2, 3])
    store.commit()
    expect(await Promise.all(second)).toEqual([{ index: 2 }, { index: 3 }, { index: 4 }])
  })

  test('entries that arrive turn after turn leave together, as soon as a turn brings none', async () => {
    const store = createHeldStore()
    const appender = createAppender({ store, maxGatheringMs: Infinity })
    const nextTurn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    const appends = [appender.append(makeEntry(0))]
    await nextTurn()
    appends.push(appender.append(makeEntry(1)))
    await turn()
    expect(sizesOf(store.batches)).toEqual([2])
    store.commit()
    expect(await Promise.all(appends)).toEqual([{ index: 0 }, { index: 1 }])
  })

  test('no batch is larger than allowed', async () => {
    const store = createHeldStore()
    const appender = createAppender({ store, maxBatch: 2, maxInFlight: 2 })
    const appends = [0, 1, 2, 3].map(async (number) => appender.append(makeEntry(number)))
    await turn()
    expect(sizesOf(store.batches)).toEqual([2, 2])
    store.commit()
    await Promise.all(appends)
  })

  test('a batch that fails refuses all of its entries, and the next is tried', async () => {
    const store = createHeldStore()
    const appender = createAppender({ store })
    const lost = [0, 1].map(async (number) => appender.append(makeEntry(number)))
    const refusals = Promise.all(lost.map(async (append) => expect(append).rejects.toMatchObject(unavailable)))
    await turn()
    store.fail()
    await refusals
    const append = appender.append(makeEntry(2))
    await turn()
    store.commit()
    expect(await append).toEqual({ index: 0 })
  })

  test('refuses entries when too many wait', async () => {
    const store = createHeldStore()
    const appender = createAppender({ store, maxBatch: 1, maxWaiting: 1 })
    const sent = appender.append(makeEntry(0))
    await turn()
    const waits = appender.append(makeEntry(1))
    await expect(appender.append(makeEntry(2))).rejects.toMatchObject(unavailable)
    store.commit()
    await turn()
    store.commit()
    expect(await Promise.all([sent, waits])).toEqual([{ index: 0 }, { index: 1 }])
  })

  test('refuses entries whose batch takes too long', async () => {
    const appender = createAppender({ store: createHeldStore(), timeoutMs: 5 })
    await expect(appender.append(makeEntry(0))).rejects.toMatchObject(unavailable)
  })

  test('refuses an entry that breaks the schema, and only that one', async () => {
    const store = createHeldStore()
    const appender = createAppender({ store })
    const good = appender.append(makeEntry(0))
    await expect(appender.append({ ...makeEntry(1), model: 'free text' })).rejects.toMatchObject({ code: 'internal' })
    await turn()
    store.commit()
    expect(await good).toEqual({ index: 0 })
  })
})
