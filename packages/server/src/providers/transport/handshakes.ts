import type { HandshakeFailure } from '../../platform/tls/handshakes.ts'
import { findHandshakeFailure } from '../../platform/tls/handshakes.ts'
import type { TransportTarget } from './types.ts'

/** What came of handshakes with one provider since they were last asked for. */
interface ProviderHandshakes {
  readonly tenant: string
  readonly provider: string
  /** Handshakes that failed, by reason. */
  readonly failed: Map<HandshakeFailure, number>
  /** Handshakes that agreed on TLS 1.2, which an exception of the risk register let. */
  readonly older: number
}

/** Counts handshakes with providers: bounded by the number of providers and reasons, whatever a provider does. */
export interface HandshakeWatch {
  failed(target: Pick<TransportTarget, 'tenant' | 'id'>, error: Error): void
  agreed(target: Pick<TransportTarget, 'tenant' | 'id'>, protocol: string | null): void
  drain(): readonly ProviderHandshakes[]
  /** Puts back what could not be written. */
  restore(counted: ProviderHandshakes): void
}

interface Counts {
  readonly failed: Map<HandshakeFailure, number>
  older: number
}

export function createHandshakeWatch(): HandshakeWatch {
  let counts = new Map<string, ProviderHandshakes & Counts>()
  const of = (tenant: string, provider: string): Counts => {
    const key = `${tenant}/${provider}`
    const made = counts.get(key) ?? { tenant, provider, failed: new Map(), older: 0 }
    counts.set(key, made)
    return made
  }
  const add = ({ failed }: Counts, failure: HandshakeFailure, number: number): void => {
    failed.set(failure, (failed.get(failure) ?? 0) + number)
  }
  return {
    failed({ tenant, id }, error) {
      const failure = findHandshakeFailure(error)
      if (failure) add(of(tenant, id), failure, 1)
    },
    agreed({ tenant, id }, protocol) {
      if (protocol !== 'TLSv1.3') of(tenant, id).older += 1
    },
    drain() {
      const drained = [...counts.values()]
      counts = new Map()
      return drained
    },
    restore({ tenant, provider, failed, older }) {
      const own = of(tenant, provider)
      for (const [failure, number] of failed) add(own, failure, number)
      own.older += older
    },
  }
}
