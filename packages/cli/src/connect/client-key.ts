import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { AppError } from '@breakwater/kernel'
import { calculateJwkThumbprint } from 'jose'
import type { JWK } from 'jose'
import { readPrivateFile } from './secret-files.ts'

/** The private key that a service shows itself by, as its file holds it now. */
export interface ClientKey {
  readonly key: KeyObject
  readonly algorithm: string
  /** RFC 7638 thumbprint: what the server calls it. */
  readonly kid: string
}

/** Reads a PKCS #8 key in PEM. Throws `config.invalid`. */
export async function readClientKey(path: string): Promise<ClientKey> {
  const pem = await readPrivateFile(path, '--key')
  const key = parse(pem)
  const { jwk, algorithm } = describeKey(key)
  return { key, algorithm, kid: await calculateJwkThumbprint(jwk) }
}

/** The public half as a JWK that the server registers, and the algorithm it signs with. Throws `config.invalid`. */
export function describeKey(key: KeyObject, rsaAlgorithm = 'PS256'): { jwk: JWK; algorithm: string } {
  const exported: JsonWebKey = createPublicKey(key).export({ format: 'jwk' })
  const algorithm = ALGORITHMS[exported.crv ?? exported.kty ?? ''] ?? rsaAlgorithm
  const isKnown = exported.kty === 'RSA' || ALGORITHMS[exported.crv ?? ''] !== undefined
  if (!isKnown) throw refuse('--key: P-256, P-384, Ed25519 and RSA keys sign')
  return { jwk: { ...exported, alg: algorithm } as JWK, algorithm }
}

const ALGORITHMS: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', Ed25519: 'EdDSA' }

function parse(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    // Without its cause, which may quote the file.
    throw refuse('--key: not a private key in PEM')
  }
}

function refuse(message: string): AppError {
  return new AppError('config.invalid', { message })
}
