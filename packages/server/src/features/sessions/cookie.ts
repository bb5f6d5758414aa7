import { clearCookie, formatCookie, readCookie } from '../../platform/http/cookies.ts'

const NAME = '__Host-breakwater'

/**
 * The session's cookie. `Strict`: the console is static, so after the identity provider sends the browser back, its own
 * requests carry the cookie and no other site's ever do. Without an age it goes with the browser.
 */
export function formatSessionCookie(secret: string): string {
  return formatCookie(NAME, secret, { sameSite: 'Strict' })
}

export function clearSessionCookie(): string {
  return clearCookie(NAME, 'Strict')
}

export function readSessionCookie(header: string | null): string | undefined {
  return readCookie(header, NAME)
}

/** Whether the request holds the cookie at all, valid or not. */
export function hasSessionCookie(header: string | null): boolean {
  return (header ?? '').split(';').some((pair) => pair.trim().startsWith(`${NAME}=`))
}
