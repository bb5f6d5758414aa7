import { createHash } from 'node:crypto'
import { AppError, canonicalJson } from '@breakwater/kernel'
import { z } from 'zod'
import type { PolicySet } from './types.ts'

const POLICY_ID = /^[a-z0-9][a-z0-9-]{0,62}$/
const MAX_TEXT_CHARS = 100_000

const setSchema = z.strictObject({
  schema: z.string().min(1).max(MAX_TEXT_CHARS),
  policies: z.record(z.string().regex(POLICY_ID), z.string().min(1).max(MAX_TEXT_CHARS)),
})

/** The one text of a policy set, and the SHA-256 in hex that stands for it. */
export function writeDocument({ schema, policies }: PolicySet): { document: string; sha256: string } {
  const document = canonicalJson({ schema, policies })
  return { document, sha256: hashDocument(document) }
}

/** The name of a set: what activation, decisions and the ledger speak of. */
export function hashPolicySet(set: PolicySet): string {
  return writeDocument(set).sha256
}

function hashDocument(document: string): string {
  return createHash('sha256').update(document).digest('hex')
}

/** Throws `policy.mismatch` when the document does not have that hash, `policy.unavailable` when it is no policy set. */
export function readDocument(document: string, sha256: string): PolicySet {
  if (hashDocument(document) !== sha256) {
    throw new AppError('policy.mismatch', { message: 'the stored policy set does not have the activated hash' })
  }
  try {
    return setSchema.parse(JSON.parse(document))
  } catch (cause) {
    throw new AppError('policy.unavailable', { message: 'the stored policy set cannot be read', cause })
  }
}
