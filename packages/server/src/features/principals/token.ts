import { hash, randomBytes } from 'node:crypto'

const SECRET_BYTES = 32
const MAX_TOKEN_CHARS = 128
// The tenant as slugs are spelled.
const TOKEN = /^bw_([a-z0-9][a-z0-9-]{0,62})_[A-Za-z0-9_-]{43}$/

/** 256 random bits that name their tenant, so that the look-up stays inside it (row-level security). */
export function mintToken(tenant: string): string {
  return `bw_${tenant}_${randomBytes(SECRET_BYTES).toString('base64url')}`
}

/** The tenant that a token claims to belong to; undefined when it is no token of ours. */
export function readTenant(token: string): string | undefined {
  return token.length <= MAX_TOKEN_CHARS ? TOKEN.exec(token)?.[1] : undefined
}

/** A token is 256 random bits, so one plain hash cannot be turned back. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
