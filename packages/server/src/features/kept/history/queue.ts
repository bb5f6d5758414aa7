import type { Log } from '@breakwater/kernel'
import { toAppError } from '../../../platform/http/problem.ts'
import type { Keeper, KeptCrossing } from '../types.ts'

export interface QueueOptions {
  readonly write: (crossing: KeptCrossing) => Promise<void>
  /** Tells the ledger how many were not kept, by the code of why. */
  readonly recordDropped: (tenant: string, counts: Readonly<Record<string, number>>) => Promise<void>
  readonly log: Log
  readonly maxCrossings?: number
  readonly maxBytes?: number
}

export interface KeepQueue extends Pick<Keeper, 'drop' | 'keep'> {
  settle(): Promise<void>
}

const MAX_CROSSINGS = 256
const MAX_BYTES = 33_554_432

/**
 * Crossings on their way into the database, one after the other and never more than fit: what is kept is a help, and no
 * answer waits for it. What is dropped is counted, and a count that the ledger does not take waits for the next try.
 */
export function createKeepQueue(options: QueueOptions): KeepQueue {
  const { write, recordDropped, log, maxCrossings = MAX_CROSSINGS, maxBytes = MAX_BYTES } = options
  const waiting: KeptCrossing[] = []
  let dropped = new Map<string, Record<string, number>>()
  let sizeBytes = 0
  let working: Promise<void> | undefined

  function count(tenant: string, code: string): void {
    const counts = dropped.get(tenant) ?? {}
    counts[code] = (counts[code] ?? 0) + 1
    dropped.set(tenant, counts)
  }

  async function reportDropped(): Promise<void> {
    const due = dropped
    dropped = new Map()
    for (const [tenant, counts] of due) {
      await recordDropped(tenant, counts).catch((thrown: unknown) => {
        log('kept-drops-unrecorded', { code: toAppError(thrown).code })
        for (const [code, number] of Object.entries(counts)) {
          const known = dropped.get(tenant) ?? {}
          dropped.set(tenant, { ...known, [code]: (known[code] ?? 0) + number })
        }
      })
    }
  }

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { tenant } = next
      await write(next).catch((thrown: unknown) => count(tenant, toAppError(thrown).code))
      sizeBytes -= next.sizeBytes
    }
    await reportDropped()
  }

  function wake(): void {
    working ??= work().finally(() => {
      working = undefined
      if (waiting.length > 0) wake()
    })
  }

  return {
    keep(crossing) {
      if (waiting.length >= maxCrossings || sizeBytes + crossing.sizeBytes > maxBytes) {
        count(crossing.tenant, 'queue-full')
      } else {
        waiting.push(crossing)
        sizeBytes += crossing.sizeBytes
      }
      wake()
    },
    drop(tenant, code) {
      count(tenant, code)
      wake()
    },
    async settle() {
      while (working) await working
    },
  }
}
