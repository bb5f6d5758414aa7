import type { Log } from '@breakwater/kernel'
import type { LedgerService } from './features/ledger/index.ts'
import type { HandshakeWatch } from './providers/index.ts'

/**
 * What came of handshakes with providers, as entries and events: those that failed, and those that agreed on TLS 1.2 under
 * an exception of the risk register (45 CFR 164.308(a)(1)(ii)(D), 164.312(b)). What cannot be written is kept.
 */
export async function reportHandshakes(
  watch: HandshakeWatch,
  ledger: Pick<LedgerService, 'append'>,
  log: Log,
): Promise<void> {
  for (const counted of watch.drain()) {
    const { tenant, provider, failed, older } = counted
    try {
      if (failed.size > 0) {
        const counts = Object.fromEntries(failed)
        log('handshake-failed', { provider, ...counts })
        await ledger.append({ tenant, provider, kind: 'handshake.failed', decision: 'deny', counts })
        failed.clear()
      }
      if (older > 0) {
        const counts = { 'tls.1.2': older }
        log('handshake-older', { provider, ...counts })
        await ledger.append({ tenant, provider, kind: 'handshake.older', decision: 'allow', counts })
      }
    } catch (thrown) {
      watch.restore(counted)
      throw thrown
    }
  }
}
