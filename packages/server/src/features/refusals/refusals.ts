import type { Keyring } from '@breakwater/kernel'
import type { RefusalCounter } from '../../platform/http/rate-limit.ts'
import { createRefusalCounter } from '../../platform/http/rate-limit.ts'
import type { LedgerService } from '../ledger/index.ts'
import { createRefusalExchange } from './exchange.ts'
import type { RefusalStore } from './store.ts'

export interface Refusals {
  readonly counter: RefusalCounter
  /** Writes the counts by code to the ledger. Throws `ledger.unavailable`; the counts are kept. */
  flush(): Promise<void>
  /** Tells other replicas whom this one refused, and learns from them: at most one write. Throws as the database does. */
  share(): Promise<void>
}

export interface RefusalsDeps {
  readonly store: RefusalStore
  readonly keyring: Keyring
  readonly ledger: Pick<LedgerService, 'append'>
  readonly maxPerMinute: number
  /** Whose ledger holds what concerns no tenant. */
  readonly homeTenant: string
}

/** What was refused to callers that nobody knows: counted here, limited on all replicas together, kept in the ledger. */
export function createRefusals({ store, keyring, ledger, maxPerMinute, homeTenant }: RefusalsDeps): Refusals {
  const counter = createRefusalCounter({
    maxPerMinute,
    referToAddress: (address) => {
      const refer = keyring.deriveMac('tokens', keyring.currentVersion('tokens'), homeTenant, ['refused-address'])
      return Buffer.from(refer(address)).toString('hex')
    },
  })
  return {
    counter,
    share: createRefusalExchange({ store, counter }),
    async flush() {
      const counts = counter.drain()
      if (counts.size === 0) return
      const draft = { tenant: homeTenant, kind: 'refusals.unauthenticated', decision: 'deny' } as const
      await ledger.append({ ...draft, counts: Object.fromEntries(counts) }).catch((error: unknown) => {
        counter.restore(counts)
        throw error
      })
    },
  }
}
