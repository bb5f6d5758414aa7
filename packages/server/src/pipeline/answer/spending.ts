import type { Reservation, Usage } from '../../features/budgets/index.ts'
import type { UpstreamAnswer } from '../../providers/index.ts'
import { createUsageMeter } from './usage-meter.ts'

/** A crossing's part in limits, from the taking to what was used. */
export interface Spending {
  /** From here on the provider may count, whatever comes back. */
  sent(): void
  /** The same answer, read along where anybody wants to know what it used. */
  observe(answer: UpstreamAnswer): UpstreamAnswer
  /** However the crossing ended; only the first call counts. */
  end(): void
}

export function createSpending(reservation: Reservation, estimate: () => Usage): Spending {
  const meter = createUsageMeter()
  let isSent = false

  return {
    sent() {
      isSent = true
    },
    observe(answer) {
      if (!reservation.isMetered) return answer
      if (answer.kind === 'stream') return { kind: 'stream', chunks: meterChunks(answer.chunks, meter) }
      meter.push(answer.bytes)
      return answer
    },
    end() {
      if (!isSent || !reservation.isMetered) return reservation.settle({ inputTokens: 0, outputTokens: 0 })
      const { inputTokens, outputTokens } = meter.read()
      reservation.settle({ inputTokens: inputTokens ?? estimate().inputTokens, outputTokens })
    },
  }
}

// Not within the factory: a generator function of a request's own stays, with all it leads to, until V8 collects all of its
// heap.
async function* meterChunks(
  chunks: AsyncIterable<Uint8Array>,
  meter: ReturnType<typeof createUsageMeter>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    meter.push(chunk)
    yield chunk
  }
}
