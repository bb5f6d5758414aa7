import { AppError } from '@breakwater/kernel'

const BEARER = /^bearer +(\S+) *$/i

/** The token of an `Authorization: Bearer` header (RFC 6750), if it holds one. */
export function findBearer(header: string | undefined): string | undefined {
  return header === undefined ? undefined : BEARER.exec(header)?.[1]
}

/** The token of an `Authorization: Bearer` header (RFC 6750). Throws `auth.missing`. */
export function readBearer(header: string | undefined): string {
  const token = findBearer(header)
  if (token === undefined) throw new AppError('auth.missing', { message: 'send Authorization: Bearer <token>' })
  return token
}
