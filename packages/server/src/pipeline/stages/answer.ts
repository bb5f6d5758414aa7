import type { Stage } from '../chain.ts'
import type { OutcomeRecorded } from '../context.ts'

const RECEIPT = 'breakwater-receipt'
const encoder = new TextEncoder()

/** The answer with its receipt: the places in the ledger of what was recorded. No header of the provider's is passed on. */
export const answer: Stage<OutcomeRecorded, Response> = ({ answer: safe, intentIndex, outcomeIndex, abort }) => {
  if (safe.kind === 'whole') {
    return new Response(safe.text, {
      headers: { 'content-type': 'application/json', [RECEIPT]: `intent=${intentIndex}, outcome=${outcomeIndex}` },
    })
  }
  return new Response(toByteStream(safe.texts, abort), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      [RECEIPT]: `intent=${intentIndex}`,
    },
  })
}

function toByteStream(
  texts: AsyncGenerator<string, void, undefined>,
  abort: AbortController,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isStarted = false
  return new ReadableStream(
    {
      async pull(controller) {
        isStarted = true
        const { done, value } = await texts.next()
        if (done === true) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        // First the provider, so that a piece still awaited fails now; then the stream records that its reader left.
        abort.abort()
        // A generator that never ran would end without a trace.
        if (!isStarted) await texts.next()
        await texts.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
