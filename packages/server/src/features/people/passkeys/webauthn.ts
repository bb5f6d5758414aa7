import { AppError } from '@breakwater/kernel'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { z } from 'zod'
import type { Passkey, WebAuthnJson } from '../types.ts'

/** What this server is to a browser: fixed by its public address, never taken from a request. */
export interface RelyingParty {
  readonly origin: string
  readonly id: string
}

export function describeRelyingParty(publicUrl: string): RelyingParty {
  const { origin, hostname } = new URL(publicUrl)
  return { origin, id: hostname }
}

// ES256, EdDSA, RS256: what authenticators of today have (COSE algorithm registry).
const ALGORITHMS = [-7, -8, -257]
const TIMEOUT_MS = 300_000
const USER_HANDLE_BYTES = 32

export interface RegistrationRequest {
  /** base64url. */
  readonly challenge: string
  /** The same for all passkeys of one person, and no name of anybody's. */
  readonly userHandle: Uint8Array
  readonly userName: string
  readonly known: readonly Passkey[]
}

/** `PublicKeyCredentialCreationOptions`: a discoverable credential, with the user verified, of whatever maker. */
export async function describeRegistration(
  { id }: RelyingParty,
  { challenge, userHandle, userName, known }: RegistrationRequest,
): Promise<WebAuthnJson> {
  const options = await generateRegistrationOptions({
    rpName: 'Breakwater',
    rpID: id,
    userName,
    userID: new Uint8Array(userHandle.subarray(0, USER_HANDLE_BYTES)),
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: known.map((passkey) => ({ id: passkey.id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
  return { ...options }
}

/** `PublicKeyCredentialRequestOptions`; without known passkeys the authenticator offers what it has. */
export async function describeAuthentication(
  { id }: RelyingParty,
  challenge: string,
  known: readonly Passkey[],
): Promise<WebAuthnJson> {
  const options = await generateAuthenticationOptions({
    rpID: id,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    timeout: TIMEOUT_MS,
    userVerification: 'required',
    allowCredentials: known.map((passkey) => ({ id: passkey.id })),
  })
  return { ...options }
}

const base64url = z.string().regex(/^[\w-]*$/)
const clientDataSchema = z.looseObject({ challenge: base64url.max(512) })
const responseSchema = z.looseObject({
  id: base64url.min(1).max(1_400),
  rawId: base64url.max(1_400),
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: base64url.max(8_192) }),
  clientExtensionResults: z.looseObject({}).default({}),
})

/** The credential that answers, and the challenge that it says it answers: neither is believed yet. */
export function readResponse(response: WebAuthnJson): { readonly id: string; readonly challenge: string } {
  try {
    const { id, response: inner } = responseSchema.parse(response)
    const text = Buffer.from(inner.clientDataJSON, 'base64url').toString('utf8')
    return { id, challenge: clientDataSchema.parse(JSON.parse(text)).challenge }
  } catch (cause) {
    throw failed(cause)
  }
}

export type NewPasskey = Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports' | 'isBackedUp'>

/** Throws `auth.sign-in-failed` unless the response creates a credential for this origin, with the user verified. */
export async function verifyRegistration(
  { origin, id }: RelyingParty,
  response: WebAuthnJson,
  challenge: string,
): Promise<NewPasskey> {
  const verified = await verifyRegistrationResponse({
    response: response as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((cause: unknown) => {
    throw failed(cause)
  })
  if (!verified.verified) throw failed()
  const { credential, credentialBackedUp } = verified.registrationInfo
  const { publicKey, counter, transports = [] } = credential
  return {
    id: credential.id,
    publicKey,
    counter,
    transports: transports.map(String).slice(0, 10),
    isBackedUp: credentialBackedUp,
  }
}

/** Throws `auth.sign-in-failed` unless the passkey signed this challenge for this origin, with the user verified. */
export async function verifyAuthentication(
  { origin, id }: RelyingParty,
  response: WebAuthnJson,
  challenge: string,
  passkey: Passkey,
): Promise<{ readonly counter: number; readonly isBackedUp: boolean }> {
  const verified = await verifyAuthenticationResponse({
    response: response as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    credential: { id: passkey.id, publicKey: passkey.publicKey, counter: passkey.counter },
  }).catch((cause: unknown) => {
    throw failed(cause)
  })
  if (!verified.verified) throw failed()
  const { newCounter, credentialBackedUp } = verified.authenticationInfo
  return { counter: newCounter, isBackedUp: credentialBackedUp }
}

function failed(cause?: unknown): AppError {
  return new AppError('auth.sign-in-failed', { message: 'the passkey’s answer does not belong to this log-in', cause })
}
