import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey, JWK } from 'jose'

/** A key that lives as long as this process and proves that a token is this process's (RFC 9449). */
export interface ProofKey {
  prove(request: ProofRequest): Promise<string>
  /** The server wants this in the next proofs. */
  useNonce(nonce: string): void
}

interface ProofRequest {
  readonly method: string
  /** Absolute, without query. */
  readonly url: string
  readonly accessToken?: string
}

export async function createProofKey(): Promise<ProofKey> {
  const { publicKey, privateKey }: { publicKey: CryptoKey; privateKey: CryptoKey } = await generateKeyPair('ES256')
  const jwk: JWK = await exportJWK(publicKey)
  let nonce: string | undefined
  return {
    prove: ({ method, url, accessToken }) =>
      new SignJWT({
        htm: method,
        htu: url,
        jti: randomUUID(),
        ...(accessToken !== undefined && { ath: createHash('sha256').update(accessToken).digest('base64url') }),
        ...(nonce !== undefined && { nonce }),
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .setIssuedAt()
        .sign(privateKey),
    useNonce(next) {
      nonce = next
    },
  }
}
