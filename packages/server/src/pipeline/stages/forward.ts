import { AppError } from '@breakwater/kernel'
import type { Stage } from '../chain.ts'
import type { Forwarded, Recorded } from '../context.ts'

/** The masked body, to one provider, once, unless egress is frozen: looked at last of all, and while it lasts. */
export const forward: Stage<Recorded, Forwarded> = async (context, { adapters, egress, limits }) => {
  const { provider, endpoint, maskedBody, body, exchange, principal, spending } = context
  const abort = new AbortController()
  if (exchange.hasLeft()) throw new AppError('request.aborted', { message: 'the caller closed the connection' })
  exchange.onLeave(() => abort.abort())
  const options = { isStream: body.isStream, signal: abort.signal, deadlineMs: limits.deadlineMs }
  const path = { tenant: principal.tenant, provider: provider.id }
  const leave = egress.watch({ ...path, cut: (reason) => abort.abort(reason) })
  // However it ends, a stream aborts this at last; a whole answer is here when `send` is done.
  abort.signal.addEventListener('abort', leave, { once: true })
  try {
    await egress.requireOpen(path)
    spending?.sent()
    const upstream = await adapters
      .adapterFor(provider)
      .send({ endpoint: endpoint.id, model: body.model, body: maskedBody }, options)
    if (upstream.kind === 'whole') leave()
    return { ...context, upstream: spending?.observe(upstream) ?? upstream, abort }
  } catch (thrown) {
    leave()
    throw thrown
  }
}
