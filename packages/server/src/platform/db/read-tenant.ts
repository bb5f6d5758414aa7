import { setImmediate } from 'node:timers'
import { AppError } from '@breakwater/kernel'
import type { Db } from './database.ts'
import { withTenant } from './database.ts'

/** A read that waits for its transaction, with who waits for it. */
interface Read {
  run(trx: Db): Promise<void>
  fail(thrown: unknown): void
}

const waiting = new WeakMap<Db, Map<string, Read[]>>()

/**
 * As `withTenant`, for what only reads: reads of one tenant that are asked for in one turn share a transaction, so that what
 * a request needs to be read anew costs one begin, one setting of the tenant and one commit. Each sees what was committed
 * before its own statements; one that fails does not harm the others. Throws as `withTenant` does.
 */
export async function readTenant<Result>(db: Db, tenant: string, work: (trx: Db) => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const read: Read = { run: async (trx) => resolve(await work(trx)), fail: reject }
    const ofDb = waiting.get(db) ?? new Map<string, Read[]>()
    waiting.set(db, ofDb)
    const together = ofDb.get(tenant)
    if (together) together.push(read)
    else {
      ofDb.set(tenant, [read])
      setImmediate(() => {
        const due = ofDb.get(tenant) ?? []
        ofDb.delete(tenant)
        void runTogether(db, tenant, due)
      })
    }
  })
}

async function runTogether(db: Db, tenant: string, reads: readonly Read[]): Promise<void> {
  const left = new Set(reads)
  try {
    await withTenant(db, tenant, async (trx) => {
      for (const read of reads) {
        await read.run(trx)
        left.delete(read)
      }
    })
  } catch (thrown) {
    // Without a database none is better off alone; an error of one ended the transaction of all.
    const isOutage = thrown instanceof AppError && thrown.code === 'database.unavailable'
    if (isOutage || reads.length === 1) for (const read of left) read.fail(thrown)
    else await Promise.all([...left].map(async (read) => runTogether(db, tenant, [read])))
  }
}
