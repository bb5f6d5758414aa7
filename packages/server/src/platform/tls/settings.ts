import type { SecureContextOptions, TlsOptions } from 'node:tls'

/** Elliptic curves and the hybrid with ML-KEM-768: without the finite-field groups that OpenSSL offers by itself. */
const GROUPS = 'X25519MLKEM768:X25519:P-256:P-384'
/** TLS 1.3's, then the suites of TLS 1.2 with forward secrecy and authenticated encryption (RFC 9325 section 4.2). */
const SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':')

/**
 * How every connection of ours is protected (45 CFR 164.312(e)(1)): TLS 1.3, or 1.2 where an exception is on record, never
 * older, never without forward secrecy.
 */
export function tlsSettings({
  allowsTls12 = false,
}: {
  readonly allowsTls12?: boolean
} = {}): Pick<
  SecureContextOptions & TlsOptions,
  'minVersion' | 'maxVersion' | 'ciphers' | 'ecdhCurve' | 'honorCipherOrder'
> {
  return {
    minVersion: allowsTls12 ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers: SUITES,
    ecdhCurve: GROUPS,
    honorCipherOrder: true,
  }
}
