import type { WireAnswer } from '../../platform/http/exchange.ts'
import type { Stage } from '../chain.ts'
import type { OutcomeRecorded } from '../context.ts'

const RECEIPT = 'breakwater-receipt'
/** Who answered: with a fallback, not whom the model's name leads to. */
const PROVIDER = 'breakwater-provider'
const encoder = new TextEncoder()
// The deadline itself ends a stream that is read, and says so to its reader.
const GRACE_MS = 1_000

/** The answer with its receipt: the places in the ledger of what was recorded. No header of the provider's is passed on. */
export const answer: Stage<OutcomeRecorded, WireAnswer> = (
  { settled: safe, intentIndex, outcomeIndex, provider, abort },
  deps,
) => {
  if (safe.kind === 'whole') {
    const receipt = `intent=${intentIndex}, outcome=${outcomeIndex}`
    return {
      headers: { 'content-type': 'application/json', [RECEIPT]: receipt, [PROVIDER]: provider.id },
      body: safe.text,
    }
  }
  const receipt = `intent=${intentIndex}`
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', [RECEIPT]: receipt, [PROVIDER]: provider.id }
  return { headers, body: toByteStream(safe.texts, abort, deps.limits.deadlineMs + GRACE_MS) }
}

/** `limitMs` ends a stream whose reader neither reads nor leaves: it has its outcome all the same. */
function toByteStream(
  texts: AsyncGenerator<string, void, undefined>,
  abort: AbortController,
  limitMs: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isStarted = false
  const timer = setTimeout(() => void leave(), limitMs)

  async function leave(): Promise<void> {
    clearTimeout(timer)
    // First the provider, so that a piece still awaited fails now; then the stream records that its reader left.
    abort.abort()
    // A generator that never ran would end without a trace.
    if (!isStarted) await texts.next()
    await texts.return(undefined)
  }

  return new ReadableStream(
    {
      async pull(controller) {
        isStarted = true
        const { done, value } = await texts.next()
        if (done !== true) return controller.enqueue(encoder.encode(value))
        clearTimeout(timer)
        controller.close()
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  )
}
