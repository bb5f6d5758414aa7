import { AppError } from '@breakwater/kernel'
import { toAppError } from '../../platform/http/problem.ts'
import type { Restored } from '../context.ts'
import type { StageDeps } from '../deps.ts'
import { describeTrace, draftFailure } from '../record.ts'
import type { AnswerDialect } from './dialect.ts'

interface SettleOptions {
  readonly texts: AsyncGenerator<string, string, undefined>
  readonly dialect: Pick<AnswerDialect, 'toError'>
  readonly appendOutcome: () => Promise<unknown>
}

/**
 * A stream that ends as its protocol says once its outcome is durable, or else in the protocol's error event and without
 * its end. However it ends, also when its reader leaves, the provider is let go and the ledger has an outcome.
 */
export async function* settleStream(
  context: Restored,
  { ledger }: Pick<StageDeps, 'ledger'>,
  { texts, dialect, appendOutcome }: SettleOptions,
): AsyncGenerator<string, void, undefined> {
  const { abort, principal, trace } = context
  let isSettled = false
  let isBegun = false

  async function fail(error: AppError): Promise<void> {
    isSettled = true
    trace.end({ ...describeTrace(context), code: error.code })
    await ledger.append(draftFailure(principal.tenant, context, error)).catch(() => undefined)
  }

  try {
    let next = await texts.next()
    for (; next.done !== true; next = await texts.next()) {
      // What was held back or is still being read leaves no more than what would still be sent.
      if (abort.signal.aborted) throw aborted()
      if (!isBegun) trace.firstPiece()
      isBegun = true
      yield next.value
    }
    await appendOutcome()
    isSettled = true
    yield next.value
  } catch (thrown) {
    const error = abort.signal.aborted ? whyAborted(abort.signal) : toAppError(thrown)
    await fail(error)
    yield dialect.toError(error)
  } finally {
    abort.abort()
    context.spending?.end()
    await texts.return('')
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
