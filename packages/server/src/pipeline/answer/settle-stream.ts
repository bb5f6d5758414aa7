import { AppError } from '@breakwater/kernel'
import { toAppError, toOpenAiError } from '../../platform/http/problem.ts'
import type { Restored } from '../context.ts'
import type { StageDeps } from '../deps.ts'
import { draftFailure } from '../record.ts'
import { toSse } from './guard-stream.ts'

/**
 * A stream that ends in `[DONE]` once its outcome is durable, or else in an error event and without `[DONE]`. However it
 * ends, also when its reader leaves, the provider is let go and the ledger has an outcome.
 */
export async function* settleStream(
  context: Restored,
  texts: AsyncGenerator<string, void, undefined>,
  { ledger }: StageDeps,
  appendOutcome: () => Promise<unknown>,
): AsyncGenerator<string, void, undefined> {
  const { abort, principal } = context
  let isSettled = false

  async function fail(error: AppError): Promise<void> {
    isSettled = true
    await ledger.append(draftFailure(principal.tenant, context, error)).catch(() => undefined)
  }

  try {
    for await (const text of texts) {
      // What was held back or is still being read leaves no more than what would still be sent.
      if (abort.signal.aborted) throw aborted()
      yield text
    }
    await appendOutcome()
    isSettled = true
    yield toSse('[DONE]')
  } catch (thrown) {
    const error = abort.signal.aborted ? whyAborted(abort.signal) : toAppError(thrown)
    await fail(error)
    yield toSse(JSON.stringify(toOpenAiError(error)))
  } finally {
    abort.abort()
    // The reader left between two pieces.
    if (!isSettled) await fail(aborted())
  }
}

/** A freeze gives its reason; whoever leaves gives none. */
function whyAborted({ reason }: AbortSignal): AppError {
  return reason instanceof AppError ? reason : aborted()
}

function aborted(): AppError {
  return new AppError('request.aborted', { message: 'the caller closed the connection' })
}
