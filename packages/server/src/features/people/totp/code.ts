import { createHash, timingSafeEqual } from 'node:crypto'
import { generateSync, generateURI, ScureBase32Plugin } from 'otplib'

/** One code a step (RFC 6238 section 5.2). */
const STEP_SECONDS = 30
/** What authenticator apps show. */
const DIGITS = 6
/** 160 bits, the length of SHA-1's output (RFC 4226 section 4, R6). */
const SECRET_BYTES = 20
const PASSWORD_CHARS = 25
const GROUP_CHARS = 5

const base32 = new ScureBase32Plugin()

/** The factors of one enrolment, in the forms people are shown. */
export interface TotpSecrets {
  /** base32, for apps that read no picture. */
  readonly secret: string
  /** 125 random bits in five groups: nobody chose it, so nobody guesses it or has it from elsewhere. */
  readonly password: string
}

export function stepAt(at: Date): number {
  return Math.floor(at.getTime() / 1_000 / STEP_SECONDS)
}

/** HOTP (RFC 4226) of a step, SHA-1: the one that every app knows. */
export function computeCode(secret: Uint8Array, step: number, digits: 6 | 8 = DIGITS): string {
  return generateSync({ strategy: 'hotp', secret, counter: step, digits, algorithm: 'sha1' })
}

/** Of this step alone: a window would be more codes to guess, and clocks are set by the network. */
export function isCode(secret: string, step: number, code: string): boolean {
  const expected = Buffer.from(computeCode(base32.decode(secret), step))
  const given = Buffer.from(code)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The same for the same two strings of 32 bytes in base64url. */
export function makeSecrets(secretSeed: string, passwordSeed: string): TotpSecrets {
  const secret = base32.encode(Buffer.from(secretSeed, 'base64url').subarray(0, SECRET_BYTES))
  const password = base32.encode(Buffer.from(passwordSeed, 'base64url')).slice(0, PASSWORD_CHARS).toLowerCase()
  return { secret, password: password.match(new RegExp(`.{${GROUP_CHARS}}`, 'g'))?.join('-') ?? '' }
}

/** 125 random bits, so one plain hash cannot be turned back (NIST SP 800-63B-4 asks for a salt below 112). */
export function hashPassword(typed: string): Buffer {
  return createHash('sha256').update(typed.toLowerCase().replaceAll(/[\s-]/g, '')).digest()
}

/** `otpauth://totp/...`, which apps read from a picture or a link. */
export function describeUri(host: string, name: string, secret: string): string {
  return generateURI({ strategy: 'totp', issuer: `Breakwater ${host}`, label: name, secret })
}
