/** The attributes of a cookie that only this origin can set and no script can read (RFC 6265bis, `__Host-`). */
const HOST_ATTRIBUTES = 'Path=/; Secure; HttpOnly'

export interface CookieOptions {
  /** `Lax` only where another site has to send the browser back here with it. */
  readonly sameSite: 'Strict' | 'Lax'
  /** Left out: until the browser closes. */
  readonly maxAgeSeconds?: number
}

/** A `Set-Cookie` value. The name begins with `__Host-`, so no other host or port-less path can plant one. */
export function formatCookie(name: `__Host-${string}`, value: string, options: CookieOptions): string {
  const { sameSite, maxAgeSeconds } = options
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`
  return `${name}=${value}; ${HOST_ATTRIBUTES}; SameSite=${sameSite}${age}`
}

/** A `Set-Cookie` value that removes it. */
export function clearCookie(name: `__Host-${string}`, sameSite: CookieOptions['sameSite']): string {
  return formatCookie(name, '', { sameSite, maxAgeSeconds: 0 })
}

/** The value of a cookie; undefined when it is missing, or there twice: then somebody planted one. */
export function readCookie(header: string | null, name: `__Host-${string}`): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  return values.length === 1 ? values[0]?.slice(name.length + 1) : undefined
}
