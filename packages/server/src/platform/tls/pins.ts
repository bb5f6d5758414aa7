import { createHash, X509Certificate } from 'node:crypto'
import { checkServerIdentity } from 'node:tls'
import type { PeerCertificate } from 'node:tls'

/** What the error of a check carries as its code. */
export const PIN_MISMATCH = 'BREAKWATER_PIN_MISMATCH'

/** SHA-256 over the SubjectPublicKeyInfo, in base64 (RFC 7469 section 2.4): stays the same when a certificate is renewed. */
export function pinOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('base64')
}

/**
 * A check for `tls.connect`: the name as usual, and the public key of the peer itself must be one of the pins, so that an
 * authority that everybody trusts cannot stand in for it.
 */
export function createPinCheck(pins: readonly string[]): typeof checkServerIdentity {
  const known = new Set(pins)
  return (host: string, certificate: PeerCertificate) => {
    const fault = checkServerIdentity(host, certificate)
    if (fault) return fault
    if (known.has(pinOf(new X509Certificate(certificate.raw)))) return undefined
    return Object.assign(new Error('the public key of the peer is not one of the pins'), { code: PIN_MISMATCH })
  }
}
