import { createHash, createPrivateKey, randomUUID, X509Certificate } from 'node:crypto'
import type { ProviderSettings } from '@breakwater/contract'
import { SignJWT } from 'jose'
import { findSecretFile, readSecretText } from '../../../platform/secrets/secret-file.ts'
import type { AdapterOptions } from '../../options.ts'
import { SYSTEM_CLOCK } from '../../options.ts'
import { refuse } from './grant.ts'

/** Says to an authority, at the endpoint it is made for, who asks (RFC 7523). */
export type Assertion = (audience: string) => Promise<string>

const LIFETIME_SECONDS = 600

/** The token that the platform issues to this workload and renews in its file. Throws `provider.credentials-refused`. */
export function createFileAssertion({ assertionFile = '' }: ProviderSettings, options: AdapterOptions): Assertion {
  const path = findSecretFile(options.secretsDir, assertionFile, refuse)
  return async () => {
    const token = await readSecretText(path, refuse)
    if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token
    throw refuse('the assertion file does not hold one signed token')
  }
}

/**
 * Signed by the private key of a certificate that the application has on record. Read again for each token, so that a new
 * certificate is taken up. Throws `provider.credentials-refused`.
 */
export function createCertificateAssertion(
  { certificateFile = '', clientId = '' }: ProviderSettings,
  { secretsDir, clock = SYSTEM_CLOCK }: AdapterOptions,
): Assertion {
  const path = findSecretFile(secretsDir, certificateFile, refuse)
  return async (audience) => {
    const { thumbprint, key } = readIdentity(await readSecretText(path, refuse))
    const nowSeconds = Math.floor(clock.now().getTime() / 1_000)
    return new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt(nowSeconds)
      .setNotBefore(nowSeconds)
      .setExpirationTime(nowSeconds + LIFETIME_SECONDS)
      .sign(key)
  }
}

function readIdentity(pem: string): { readonly thumbprint: string; readonly key: ReturnType<typeof createPrivateKey> } {
  try {
    const thumbprint = createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
    return { thumbprint, key: createPrivateKey(pem) }
  } catch (cause) {
    throw refuse('the certificate file must hold one certificate and its private key, as PEM', cause)
  }
}
