import type { Envelope } from '@breakwater/keys'
import type { KeyStore } from './store.ts'

export interface KeyFollowerDeps {
  readonly store: Pick<KeyStore, 'listChanges'>
  readonly envelope: Pick<Envelope, 'forget' | 'forgetAll'>
  /** Milliseconds that only go forward. */
  readonly elapsedMs?: () => number
}

// A change is told when it is made and seen when it is committed: no transaction takes this long.
const LOOK_BACK_SECONDS = 60

/**
 * A task for the sweeper, once a second: forgets the data keys that another replica shredded or replaced, so that nobody goes
 * on opening or sealing with them from memory. Who could not ask for longer than it looks back forgets all it holds.
 */
export function createKeyFollower({
  store,
  envelope,
  elapsedMs = () => performance.now(),
}: KeyFollowerDeps): () => Promise<void> {
  let seen: ReadonlySet<string> = new Set()
  let askedMs: number | undefined
  return async () => {
    const nowMs = elapsedMs()
    const changes = await store.listChanges(LOOK_BACK_SECONDS)
    const isBehind = askedMs === undefined || nowMs - askedMs > (LOOK_BACK_SECONDS / 2) * 1_000
    if (isBehind) envelope.forgetAll()
    else for (const { id, dekId } of changes) if (!seen.has(id)) envelope.forget(dekId)
    seen = new Set(changes.map(({ id }) => id))
    askedMs = nowMs
  }
}
