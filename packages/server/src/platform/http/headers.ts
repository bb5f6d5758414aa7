import type { MiddlewareHandler } from 'hono'

/** For an API that is no web page: nothing is cached, framed, sniffed or run. A page brings a policy of its own. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
}

export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  if (c.res.headers.has('content-security-policy')) return
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
}
