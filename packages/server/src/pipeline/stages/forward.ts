import { AppError } from '@breakwater/kernel'
import type { ErrorCode } from '@breakwater/kernel'
import type { Stage } from '../chain.ts'
import type { Forwarded, Recorded } from '../context.ts'
import type { StageDeps } from '../deps.ts'
import { coverFallback } from '../fallback/cover-fallback.ts'
import { agreements } from './agreements.ts'

/** Failures of a provider after which another may be asked. Refusals, and whatever looks like an attack, stay as they are. */
const MAY_FALL_BACK: ReadonlySet<ErrorCode> = new Set([
  'provider.failed',
  'provider.rate-limited',
  'provider.timeout',
  'provider.unavailable',
])

/** With less time left nobody can answer, and a timer may be early by one or two of them. */
const MIN_LEFT_MS = 20

/**
 * The masked body, to one provider, unless egress is frozen: looked at last of all, and while it lasts. Where that one
 * cannot answer, to the providers that its row names, each only under a policy and an agreement of its own, within the same
 * deadline. No answer that has begun is asked for again, and the first failure is what the caller hears if none answers.
 */
export const forward: Stage<Recorded, Forwarded> = async (context, deps) => {
  const { exchange, provider, forwarding } = context
  const abort = new AbortController()
  if (exchange.hasLeft()) throw new AppError('request.aborted', { message: 'the caller closed the connection' })
  exchange.onLeave(() => abort.abort())
  const endsMs = performance.now() + deps.limits.deadlineMs
  try {
    return await sendTo(context, deps, abort, endsMs)
  } catch (first) {
    for (const fallback of mayFallBack(first) ? (provider.fallbacks ?? []) : []) {
      if (abort.signal.aborted || endsMs - performance.now() < MIN_LEFT_MS) break
      const covered = await coverFallback(context, fallback, deps)
      if (!covered) continue
      forwarding.fallbacks++
      try {
        return await sendTo(covered, deps, abort, endsMs)
      } catch (thrown) {
        covered.spending?.end()
        // Who leaves or freezes egress ends all of it.
        if (abort.signal.aborted) throw thrown
      }
    }
    throw first
  }
}

async function sendTo(context: Recorded, deps: StageDeps, abort: AbortController, endsMs: number): Promise<Forwarded> {
  const { adapters, egress } = deps
  const { provider, endpoint, maskedBody, body, principal, forwarding, spending } = context
  const path = { tenant: principal.tenant, provider: provider.id }
  const leave = egress.watch({ ...path, cut: (reason) => abort.abort(reason) })
  // However it ends, a stream aborts this at last; a whole answer is here when `send` is done.
  abort.signal.addEventListener('abort', leave, { once: true })
  try {
    const open = egress.requireOpen(path)
    if (open instanceof Promise) await open
    const upstream = await adapters.adapterFor(provider).send(
      { endpoint: endpoint.id, model: body.model, body: maskedBody },
      {
        isStream: body.isStream,
        signal: abort.signal,
        deadlineMs: endsMs - performance.now(),
        // What covered the first attempt may have ended while it waited for the second.
        beforeRetry: () => agreements(context, deps),
        onAttempt: (attempt) => {
          if (attempt === 'kept-back') return void forwarding.keptBack++
          forwarding.attempts++
          spending?.sent()
        },
      },
    )
    if (upstream.kind === 'whole') leave()
    return { ...context, upstream: spending?.observe(upstream) ?? upstream, abort }
  } catch (thrown) {
    leave()
    throw thrown
  }
}

function mayFallBack(thrown: unknown): boolean {
  return thrown instanceof AppError && MAY_FALL_BACK.has(thrown.code)
}
