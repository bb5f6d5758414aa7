import { randomUUID } from 'node:crypto'
import type { RefusalCounter } from '../../platform/http/rate-limit.ts'
import type { RefusalStore } from './store.ts'

export interface RefusalExchangeDeps {
  readonly store: RefusalStore
  readonly counter: Pick<RefusalCounter, 'share' | 'takeOthers'>
}

// Of those that were refused most: who changes addresses faster than this is stopped by no count of addresses.
const MAX_ADDRESSES = 256

/**
 * A task for the sweeper, once a second: tells the other replicas what this one refused, if that changed, and learns what
 * they did. A flood of refusals costs one write a second, and none while nobody is refused.
 */
export function createRefusalExchange({ store, counter }: RefusalExchangeDeps): () => Promise<void> {
  const replica = randomUUID()
  let written = ''
  return async () => {
    const own = counter.share(MAX_ADDRESSES)
    const state = own.map(({ address, refusals }) => `${address}:${refusals}`).join()
    if (state !== written) {
      await store.write(replica, own)
      written = state
    }
    counter.takeOthers(await store.readOthers(replica))
  }
}
