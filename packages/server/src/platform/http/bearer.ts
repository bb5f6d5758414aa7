import { AppError } from '@breakwater/kernel'

const BEARER = /^bearer +(\S+) *$/i

/** The token of an `Authorization: Bearer` header (RFC 6750). Throws `auth.missing`. */
export function readBearer(header: string | undefined): string {
  const token = header === undefined ? undefined : BEARER.exec(header)?.[1]
  if (token === undefined) throw new AppError('auth.missing', { message: 'send Authorization: Bearer <token>' })
  return token
}
