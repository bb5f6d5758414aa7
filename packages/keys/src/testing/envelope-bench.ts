import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from 'vitest'
import type { TestAPI } from 'vitest'
import { createEnvelope } from '../envelope.ts'
import type { Envelope } from '../envelope.ts'
import type { DeksOptions } from '../deks.ts'
import { kekError } from '../kek-provider.ts'
import type { KekErrorCode, KekProvider } from '../kek-provider.ts'
import { createLocalKekProvider } from '../providers/local/local-kek.ts'
import type { LocalKekProvider } from '../providers/local/local-kek.ts'
import { createMemoryDekStore } from './memory-dek-store.ts'
import type { MemoryDekStore } from './memory-dek-store.ts'

/** What a test of envelopes works with. */
interface Bench {
  readonly kek: LocalKekProvider
  readonly store: MemoryDekStore
  readonly calls: { count: number; failWith: KekErrorCode | undefined }
  readonly clock: { nowMs: number; now(): Date }
  create(options?: Partial<DeksOptions>): Envelope
}

/** A real provider, with its calls counted and, when told, refused. */
export const test: TestAPI<{ bench: Bench }> = base.extend<{ bench: Bench }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names out of the pattern
  bench: async ({}, use) => {
    const dir = await mkdtemp(join(tmpdir(), 'envelope-'))
    const kek = await createLocalKekProvider({ dir, environment: 'test' })
    const store = createMemoryDekStore()
    const calls: Bench['calls'] = { count: 0, failWith: undefined }
    const clock = { nowMs: Date.UTC(2026, 0, 1), now: () => new Date(clock.nowMs) }
    const count = (): void => {
      calls.count += 1
      if (calls.failWith) throw kekError(calls.failWith)
    }
    const provider: KekProvider = {
      ...kek,
      wrap: async (...input) => (count(), kek.wrap(...input)),
      unwrap: async (...input) => (count(), kek.unwrap(...input)),
    }
    const create: Bench['create'] = (options = {}) =>
      createEnvelope({ environment: 'test', providers: [provider], store, clock, ...options })
    await use({ kek, store, calls, clock, create })
    await rm(dir, { recursive: true })
  },
})
