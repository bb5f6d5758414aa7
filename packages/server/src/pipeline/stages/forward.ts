import { AppError } from '@breakwater/kernel'
import type { Stage } from '../chain.ts'
import type { Forwarded, Recorded } from '../context.ts'

/** The masked body, to one provider, once. */
export const forward: Stage<Recorded, Forwarded> = async (context, { adapters, limits }) => {
  const { provider, maskedBody, body, request } = context
  const abort = new AbortController()
  if (request.signal.aborted) throw new AppError('request.aborted', { message: 'the caller closed the connection' })
  request.signal.addEventListener('abort', () => abort.abort(), { once: true })
  const options = { isStream: body.isStream, signal: abort.signal, deadlineMs: limits.deadlineMs }
  const upstream = await adapters.adapterFor(provider).send(maskedBody, options)
  return { ...context, upstream, abort }
}
