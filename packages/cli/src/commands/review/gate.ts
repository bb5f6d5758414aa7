import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Who may see the notes: the one browser that opened the address that the program printed. */
export interface Gate {
  /** The secret of the address; goes into its fragment, which a browser sends nobody. */
  token(): string
  /** Trades the token for a session, once. `reused` tells of a second trade: then the session has ended as well. */
  trade(token: string, headers: IncomingHttpHeaders): Session | 'refused' | 'reused'
  /** Whether a request comes from our own page. */
  isOwn(headers: IncomingHttpHeaders): boolean
}

/**
 * A cookie goes to every port of a host, and SameSite does not tell ports apart; a header of our page does. Both are
 * needed.
 */
interface Session {
  readonly cookie: string
  readonly key: string
}

/** What the page sends its half of the session in. */
const KEY_HEADER = 'x-breakwater-review'

const SECRET_BYTES = 32

export function createGate(cookieName: () => string): Gate {
  let token = makeSecret()
  let isUsed = false
  let session: Session | undefined

  const isOwn = (headers: IncomingHttpHeaders): boolean => {
    if (session === undefined) return false
    const cookies = (headers.cookie ?? '').split(';').map((each) => each.trim())
    const key = headers[KEY_HEADER]
    const holdsCookie = cookies.some((each) => isEqual(each, `${cookieName()}=${session?.cookie}`))
    return holdsCookie && typeof key === 'string' && isEqual(key, session.key)
  }
  return {
    isOwn,
    token: () => token,
    trade(given, headers) {
      if (!isEqual(given, token)) return 'refused'
      // The same page once more, say after the address was entered again.
      if (isUsed && isOwn(headers) && session) return session
      if (isUsed) {
        session = undefined
        token = makeSecret()
        isUsed = false
        return 'reused'
      }
      isUsed = true
      session = { cookie: makeSecret(), key: makeSecret() }
      return session
    },
  }
}

function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** In the same time whatever differs. */
function isEqual(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(one), hash(other))
}
