import type { MiddlewareHandler } from 'hono'
import type { WireAnswer } from './exchange.ts'

/** For an API that is no web page: nothing is cached, framed, sniffed or run. A page brings a policy of its own. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
}

const UNAUTHENTICATED = 401
/** Whoever is refused for lack of a credential is told which kinds there are (RFC 9110 15.5.2, RFC 9449 7.1). */
const CHALLENGE = 'Bearer, DPoP'

/** The headers of an answer that is no page, with what every answer has. */
export function completeHeaders(status: number, headers: Readonly<Record<string, string>>): Record<string, string> {
  return { ...HEADERS, ...(status === UNAUTHENTICATED && { 'www-authenticate': CHALLENGE }), ...headers }
}

const IS_COMPLETE = Symbol('has the headers of every answer')

/** An answer that has them from the start: to look at the headers of one already made costs more than all of them. */
export function answerComplete({ body, headers }: WireAnswer): Response {
  return Object.assign(new Response(body, { headers: { ...HEADERS, ...headers } }), { [IS_COMPLETE]: true })
}

export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  if (IS_COMPLETE in c.res) return
  if (c.res.status === UNAUTHENTICATED && !c.res.headers.has('www-authenticate')) {
    c.res.headers.set('www-authenticate', CHALLENGE)
  }
  if (c.res.headers.has('content-security-policy')) return
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
}
