const BEARER = /^bearer +(\S+) *$/i

/** The token of an `Authorization: Bearer` header (RFC 6750), if it holds one. */
export function findBearer(header: string | undefined): string | undefined {
  return header === undefined ? undefined : BEARER.exec(header)?.[1]
}
