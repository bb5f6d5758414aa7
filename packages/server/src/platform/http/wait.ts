import type { AppError } from '@breakwater/kernel'

/**
 * Headers for whoever has to wait: `Retry-After` (RFC 9110 10.2.3), and for a limit `RateLimit` and `RateLimit-Policy` as
 * draft-ietf-httpapi-ratelimit-headers has them: nothing remains, and the seconds until it begins anew.
 */
export function describeWait({ wait }: AppError): Record<string, string> {
  if (!wait) return {}
  const { seconds, limit } = wait
  const headers = { 'retry-after': String(seconds) }
  if (!limit) return headers
  const window = limit.spanSeconds === undefined ? '' : `;w=${limit.spanSeconds}`
  return {
    ...headers,
    ratelimit: `"${limit.id}";r=0;t=${seconds}`,
    'ratelimit-policy': `"${limit.id}";q=${limit.amount}${window}`,
  }
}
