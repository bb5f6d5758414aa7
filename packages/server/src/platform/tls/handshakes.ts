import { PIN_MISMATCH } from './pins.ts'

/** Why two ends did not come to terms. */
export type HandshakeFailure =
  | 'tls.certificate'
  | 'tls.cipher'
  | 'tls.downgrade'
  | 'tls.group'
  | 'tls.plaintext'
  | 'tls.version'
  | 'tls.other'

/** By the codes that OpenSSL's reasons get in Node. */
const FAILURES: ReadonlyMap<string, HandshakeFailure> = new Map([
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'tls.version'],
  ['ERR_SSL_VERSION_TOO_LOW', 'tls.version'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls.version'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls.version'],
  ['ERR_SSL_INAPPROPRIATE_FALLBACK', 'tls.downgrade'],
  ['ERR_SSL_NO_SHARED_CIPHER', 'tls.cipher'],
  ['ERR_SSL_NO_CIPHERS_SPECIFIED', 'tls.cipher'],
  ['ERR_SSL_NO_SHARED_GROUP', 'tls.group'],
  ['ERR_SSL_NO_SUITABLE_KEY_SHARE', 'tls.group'],
  ['ERR_SSL_NO_SUITABLE_GROUPS', 'tls.group'],
  ['ERR_SSL_UNSUPPORTED_ELLIPTIC_CURVE', 'tls.group'],
  ['ERR_SSL_HTTP_REQUEST', 'tls.plaintext'],
  ['ERR_SSL_HTTPS_PROXY_REQUEST', 'tls.plaintext'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tls.certificate'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'tls.certificate'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'tls.certificate'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'tls.certificate'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls.certificate'],
  // As a client of somebody else's server.
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls.cipher'],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'tls.cipher'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls.certificate'],
  ['CERT_HAS_EXPIRED', 'tls.certificate'],
  ['CERT_NOT_YET_VALID', 'tls.certificate'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls.certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls.certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls.certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls.certificate'],
  [PIN_MISMATCH, 'tls.certificate'],
])

/** Undefined for what was no handshake: an address that does not answer, a connection that broke. */
export function findHandshakeFailure(error: Error): HandshakeFailure | undefined {
  const code = 'code' in error ? String(error.code) : ''
  return FAILURES.get(code) ?? (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') ? 'tls.other' : undefined)
}

/** Counts handshakes that failed, by reason: what a scanner can do is bounded by the number of reasons. */
export interface HandshakeCounter {
  count(error: Error): void
  /** What was counted since the last time. */
  drain(): ReadonlyMap<HandshakeFailure, number>
  /** Puts counts back that could not be written. */
  restore(counts: ReadonlyMap<HandshakeFailure, number>): void
}

export function createHandshakeCounter(): HandshakeCounter {
  let counts = new Map<HandshakeFailure, number>()
  const add = (failure: HandshakeFailure, number: number): void => {
    counts.set(failure, (counts.get(failure) ?? 0) + number)
  }
  return {
    count(error) {
      const code = 'code' in error ? String(error.code) : ''
      // A peer that only opens and closes a connection, as a health check does, did not try a handshake.
      if (code === 'ECONNRESET' || code === 'EPIPE') return
      add(FAILURES.get(code) ?? 'tls.other', 1)
    },
    drain() {
      const drained = counts
      counts = new Map()
      return drained
    },
    restore(drained) {
      for (const [failure, number] of drained) add(failure, number)
    },
  }
}
