import { createHash } from 'node:crypto'
import { proofJwkSchema } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import type { CryptoKey } from 'jose'
import { z } from 'zod'
import type { SeenOnce } from '../seen-once/index.ts'

export const PROOF_ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'Ed25519']

/** Seconds that a proof is good for, and that its clock may be ahead of ours. */
const MAX_AGE_SECONDS = 60
const MAX_AHEAD_SECONDS = 5
const MAX_PROOF_CHARS = 4_096
const MAX_KEYS = 2_000

const headerSchema = z.object({ typ: z.literal('dpop+jwt'), alg: z.enum(PROOF_ALGORITHMS), jwk: proofJwkSchema })
const claimsSchema = z.object({
  htm: z.string().max(16),
  htu: z.url().max(2_048),
  iat: z.number().int(),
  jti: z.string().min(8).max(256),
  ath: z.string().optional(),
})

interface ProofContext {
  /** Of the `DPoP` header. */
  readonly proof: string | null
  readonly method: string
  /** Absolute, as this server is known outside; query and fragment do not count. */
  readonly url: string
  /** Which the proof must be made for; left out where the token is still to be had. */
  readonly accessToken?: string
}

/** What one good proof says; not yet whether it was shown before. */
export interface Proof {
  /** RFC 7638 thumbprint of the key: `cnf.jkt`. */
  readonly jkt: string
  readonly jti: string
  readonly staleAt: Date
}

export interface ProofChecker {
  /** RFC 9449 section 4.3, all but the look for a replay. Throws `auth.proof-refused`. */
  check(context: ProofContext): Promise<Proof>
  /** Throws `auth.replayed` the second time, on whatever replica. */
  spend(tenant: string, proof: Proof): Promise<void>
}

export interface ProofDeps {
  readonly clock: Clock
  readonly seenOnce: SeenOnce
}

/** Checks DPoP proofs (RFC 9449). */
export function createProofChecker({ clock, seenOnce }: ProofDeps): ProofChecker {
  // A client keeps its key for many requests: importing it and taking its thumbprint costs as much as a signature.
  const keys = new Map<string, { readonly key: CryptoKey; readonly jkt: string }>()

  async function importKey({ alg, jwk }: z.infer<typeof headerSchema>): Promise<{ key: CryptoKey; jkt: string }> {
    const name = JSON.stringify([alg, jwk])
    const known = keys.get(name)
    if (known) return known
    const key = await importJWK(jwk, alg)
    if (key instanceof Uint8Array) throw refuse('the key is not a key pair')
    const held = { key, jkt: await calculateJwkThumbprint(jwk) }
    const oldest = keys.keys().next()
    if (keys.size >= MAX_KEYS && !oldest.done) keys.delete(oldest.value)
    keys.set(name, held)
    return held
  }

  async function read(proof: string): Promise<{ claims: z.infer<typeof claimsSchema>; jkt: string }> {
    try {
      const header = headerSchema.parse(decodeProtectedHeader(proof))
      const { key, jkt } = await importKey(header)
      const { payload } = await compactVerify(proof, key, { algorithms: [header.alg] })
      return { claims: claimsSchema.parse(JSON.parse(new TextDecoder().decode(payload))), jkt }
    } catch (cause) {
      throw refuse('the proof is not a signed proof of a key of its own', cause)
    }
  }

  return {
    async check({ proof, method, url, accessToken }) {
      if (proof === null || proof.length > MAX_PROOF_CHARS) throw refuse('send one DPoP proof')
      const { claims, jkt } = await read(proof)
      if (claims.htm !== method) throw refuse('the proof is for another method')
      if (normalise(claims.htu) !== normalise(url)) throw refuse('the proof is for another address')
      const ageSeconds = clock.now().getTime() / 1_000 - claims.iat
      if (ageSeconds > MAX_AGE_SECONDS || ageSeconds < -MAX_AHEAD_SECONDS) throw refuse('the proof is stale')
      if (claims.ath !== (accessToken === undefined ? undefined : hashToken(accessToken))) {
        throw refuse('the proof is for another access token')
      }
      const staleAt = new Date((claims.iat + MAX_AGE_SECONDS + 1) * 1_000)
      return { jkt, jti: claims.jti, staleAt }
    },
    async spend(tenant, { jkt, jti, staleAt }) {
      if (await seenOnce.isFirst(tenant, 'proof', `${jkt}.${jti}`, staleAt)) return
      throw new AppError('auth.replayed', { message: 'the proof was shown before', field: 'DPoP' })
    },
  }
}

/** Syntax-based normalisation of RFC 3986, without query and fragment. */
function normalise(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

/** `ath`: base64url of the SHA-256 of the token's ASCII form. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function refuse(message: string, cause?: unknown): AppError {
  return new AppError('auth.proof-refused', { message, field: 'DPoP', cause })
}
