import { AppError } from '@breakwater/kernel'
import { z } from 'zod'
import type { IdentityProvider } from './types.ts'

const MAX_GROUPS = 1_000

/** What is read from an ID token whose signature, issuer, audience, nonce and times were verified. */
const claimsSchema = z.looseObject({
  iss: z.string().max(512),
  sub: z.string().min(1).max(255),
  acr: z.string().max(256).optional().catch(undefined),
  amr: z.array(z.string().max(256)).max(50).optional().catch(undefined),
  auth_time: z.int().positive().optional(),
  name: z.string().optional().catch(undefined),
  preferred_username: z.string().optional().catch(undefined),
  email: z.string().optional().catch(undefined),
})

const groupsSchema = z.union([z.string().transform((group) => [group]), z.array(z.string()).max(MAX_GROUPS)])

export interface IdTokenClaims extends z.infer<typeof claimsSchema> {
  /** Who it is, by the claim that the provider's record names. */
  readonly subject: string
  readonly groups: readonly string[]
}

const subjectSchema = z.string().min(1).max(255)

/** Throws `auth.sign-in-failed`, also when the claim that says who it is is not there. A groups claim of another shape is none. */
export function readClaims(
  claims: unknown,
  { subjectClaim = 'sub', groupsClaim }: Pick<IdentityProvider, 'groupsClaim' | 'subjectClaim'>,
): IdTokenClaims {
  const parsed = claimsSchema.safeParse(claims)
  const subject = subjectSchema.safeParse(parsed.data?.[subjectClaim])
  if (!parsed.success || !subject.success) {
    throw new AppError('auth.sign-in-failed', {
      message: 'the identity provider’s claims are not as OpenID Connect says',
    })
  }
  const groups = groupsSchema.safeParse(parsed.data[groupsClaim])
  return { ...parsed.data, subject: subject.data, groups: groups.success ? groups.data : [] }
}

/** A name for people to recognise: printable, short, never empty. */
export function nameOf({ preferred_username, email, name }: IdTokenClaims): string {
  const text = (preferred_username ?? email ?? name ?? '').replace(/[^\p{L}\p{N} .,@_'()+-]/gu, '').trim()
  return text.slice(0, 128) || 'unnamed'
}
