import type { Log } from '@breakwater/kernel'
import type { LedgerService } from '../features/ledger/index.ts'
import type { HandshakeCounter } from '../platform/tls/handshakes.ts'

/** A task for the sweeper: failed handshakes and downgrades become an entry and an event (164.308(a)(1)(ii)(D)). */
export function createHandshakeReport(
  handshakes: HandshakeCounter,
  ledger: Pick<LedgerService, 'append'>,
  { tenant, log }: { readonly tenant: string; readonly log: Log },
): () => Promise<void> {
  return async () => {
    const failed = handshakes.drain()
    if (failed.size === 0) return
    const counts = Object.fromEntries(failed)
    log('handshake-failed', counts)
    await ledger.append({ tenant, kind: 'handshake.failed', decision: 'deny', counts }).catch((thrown: unknown) => {
      handshakes.restore(failed)
      throw thrown
    })
  }
}
