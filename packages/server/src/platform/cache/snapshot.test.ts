import { describe, expect, test } from 'vitest'
import type { Soon } from '../async/soon.ts'
import { createSnapshotCache } from './snapshot.ts'

function counting(): {
  reads: number
  nowMs: number
  failing: boolean
  get: () => Soon<number>
  drop: () => void
} {
  const state = { reads: 0, nowMs: 0, failing: false, get: () => cache.get('acme'), drop: () => cache.drop('acme') }
  const cache = createSnapshotCache({
    load: async () => {
      if (state.failing) throw new Error('no database')
      return ++state.reads
    },
    elapsedMs: () => state.nowMs,
  })
  return state
}

describe('a snapshot', () => {
  test('is read once for all who ask together', async () => {
    const state = counting()
    expect(await Promise.all([state.get(), state.get(), state.get()])).toEqual([1, 1, 1])
  })

  test('is used up to its age and not past it', async () => {
    const state = counting()
    await state.get()
    state.nowMs = 499
    expect(await state.get()).toBe(1)
    state.nowMs = 1_000
    expect(await state.get()).toBe(2)
  })

  test('is given at once when it is there', async () => {
    const state = counting()
    expect(state.get()).toBeInstanceOf(Promise)
    await state.get()
    expect(state.get()).toBe(1)
  })

  test('is read ahead in the second half of its age, while the old one serves', async () => {
    const state = counting()
    await state.get()
    state.nowMs = 600
    expect(await state.get()).toBe(1)
    await Promise.resolve()
    expect(await state.get()).toBe(2)
    state.nowMs = 1_050
    expect(await state.get()).toBe(2)
  })

  test('does not outlive its age when it cannot be read again', async () => {
    const state = counting()
    await state.get()
    state.failing = true
    state.nowMs = 999
    expect(await state.get()).toBe(1)
    state.nowMs = 1_000
    await expect(state.get()).rejects.toThrow('no database')
    state.failing = false
    expect(await state.get()).toBe(2)
  })

  test('is read anew after a drop, also when a read was under way', async () => {
    const state = counting()
    const before = state.get()
    state.drop()
    expect(await state.get()).toBe(2)
    expect(await before).toBe(1)
    expect(await state.get()).toBe(2)
  })
})
