import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { errorOf, requestWhole } from '../../transport/index.ts'
import type { Granted } from './grant.ts'
import { refuse } from './grant.ts'

const MAX_BYTES = 65_536
const TIMEOUT_MS = 10_000

const answerSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  token_type: z.string().regex(/^bearer$/i),
  // Metadata services answer numbers as texts.
  expires_in: z.coerce.number().int().min(1).max(172_800),
})

/** One exchange for a token. Throws `provider.credentials-refused`, with nothing of the answer. */
export async function requestToken(dispatcher: Dispatcher, request: Dispatcher.DispatchOptions): Promise<Granted> {
  const answer = requestWhole(dispatcher, request, { errorOf, maxBytes: MAX_BYTES })
  const timer = setTimeout(() => answer.cancel(new Error('late')), TIMEOUT_MS)
  try {
    const { access_token, expires_in } = answerSchema.parse(JSON.parse(new TextDecoder().decode(await answer.bytes)))
    return { token: access_token, lifetimeSeconds: expires_in }
  } catch {
    // Neither its cause: a parser quotes what it read.
    throw refuse('Entra gave no token')
  } finally {
    clearTimeout(timer)
  }
}
