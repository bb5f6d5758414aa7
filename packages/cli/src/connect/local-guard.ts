import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a local request is not taken: HTTP status, code and what to do. */
export interface LocalRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i
const PATHS = /^\/(v1|api\/v1)\//

/**
 * Who may use the sidecar: a program of this machine that knows the local token. A page in a browser may not, whatever name
 * it made resolve to this machine (DNS rebinding), and a page says where it comes from.
 */
export function createLocalGuard(token: string | undefined, isSocket: boolean) {
  const expected = token === undefined ? undefined : hash(`Bearer ${token}`)
  return ({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): LocalRefusal | undefined => {
    if (!isSocket && !LOOPBACK_HOST.test(headers.host ?? '')) {
      return { status: 403, code: 'connect.host-refused', message: 'the Host header must name this machine' }
    }
    if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
      return { status: 403, code: 'connect.browser-refused', message: 'pages of a browser are not served' }
    }
    if (expected && !timingSafeEqual(hash(headers.authorization ?? ''), expected)) {
      return { status: 401, code: 'connect.token-refused', message: 'send the local token as the API key' }
    }
    if (!PATHS.test(url))
      return { status: 404, code: 'connect.path-refused', message: 'only /v1/ and /api/v1/ are passed on' }
    return undefined
  }
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
