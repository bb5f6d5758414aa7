import { X509Certificate } from 'node:crypto'
import { attestationRefused } from './attested.ts'

/**
 * The last certificate of a chain, whose first must be `root` byte for byte, each next issued and signed by the one before,
 * all but the last an authority, all in force at `at`. Throws `keys.attestation-refused`.
 */
export function verifyChain(chain: readonly Uint8Array[], root: Uint8Array, at: Date): X509Certificate {
  const certificates = chain.map(parseCertificate)
  const [first] = certificates
  if (!first?.raw.equals(root)) throw attestationRefused('the evidence does not lead to the trusted root')
  let issuer = first
  certificates.forEach((certificate, index) => {
    assertInForce(certificate, at)
    if (certificate.ca !== index < certificates.length - 1) {
      throw attestationRefused('a certificate of the evidence has the wrong role')
    }
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      throw attestationRefused('a certificate of the evidence is not signed by the one before it')
    }
    issuer = certificate
  })
  return issuer
}

export function parseCertificate(bytes: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(bytes)
  } catch (cause) {
    throw attestationRefused('a certificate of the evidence cannot be read', cause)
  }
}

export function assertInForce({ validFromDate, validToDate }: X509Certificate, at: Date): void {
  if (at < validFromDate || at > validToDate) throw attestationRefused('a certificate of the evidence is not in force')
}
