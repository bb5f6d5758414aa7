import { createHash, randomBytes } from 'node:crypto'
import { slugSchema } from '@breakwater/contract'

const SECRET_BYTES = 32
const MAX_CHARS = 128
const SECRET = /^bws_([a-z0-9-]+)_[A-Za-z0-9_-]{43}$/

/** 256 random bits that name their tenant, so that the look-up stays inside it (row-level security). */
export function mintSecret(tenant: string): string {
  return `bws_${tenant}_${randomBytes(SECRET_BYTES).toString('base64url')}`
}

/** The tenant that a secret claims to belong to; undefined when it is none of ours. */
export function readSecretTenant(secret: string): string | undefined {
  const tenant = secret.length <= MAX_CHARS ? SECRET.exec(secret)?.[1] : undefined
  return tenant !== undefined && slugSchema.safeParse(tenant).success ? tenant : undefined
}

/** A secret is 256 random bits, so one plain hash cannot be turned back. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
