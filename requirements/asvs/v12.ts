import { TESTS as T } from './tests.ts'
import type { AsvsRow } from './types.ts'

/** Secure communication. */
export const V12: readonly AsvsRow[] = [
  {
    id: 'V12.1.1',
    level: 1,
    status: 'met',
    how: 'TLS 1.3; 1.2 only under a recorded exception; older never.',
    tests: [`${T.handshakes}#TLS 1.1`, `${T.judges}#sslscan finds TLS 1.3 alone`],
  },
  {
    id: 'V12.1.2',
    level: 2,
    status: 'met',
    how: 'Suites with forward secrecy and authenticated encryption, the server’s order counts; judged by sslscan and testssl.sh.',
    tests: [
      `${T.judges}#testssl.sh finds nothing that it would warn of`,
      `${T.judges}#sslscan finds TLS 1.3 alone, with authenticated suites and elliptic curves`,
    ],
  },
  {
    id: 'V12.1.3',
    level: 2,
    status: 'met',
    how: 'A client certificate counts only when it chains to the operator’s authority and is registered for the client; a header stands in for none.',
    tests: [
      `${T.certificate}#is not had with a certificate of another authority, of no client, or of a header`,
      `${T.processes}#takes nobody without a certificate, with a foreign one, or with that of another program`,
    ],
  },
  {
    id: 'V12.1.4',
    level: 3,
    status: 'not-met',
    how: 'No OCSP and no revocation lists are read or stapled. Providers’ keys can be pinned, and a client’s certificate is taken off its registration at once.',
    wouldMeet:
      'stapling of the server’s response, and a list of revoked certificates for peers (BREAKWATER_CLIENT_CRL)',
  },
  {
    id: 'V12.1.5',
    level: 3,
    status: 'not-met',
    how: 'Node’s TLS has no Encrypted Client Hello. The name of a server inside an organisation’s network tells little.',
    wouldMeet: 'a Node on an OpenSSL that has ECH, or a proxy before it that speaks it',
  },
  {
    id: 'V12.2.1',
    level: 1,
    status: 'met',
    how: 'The port speaks TLS and nothing else; plain HTTP is closed and counted as an attempt.',
    tests: [
      `${T.handshakes}#an attempt that failed is in the log within five seconds`,
      `${T.judges}#testssl.sh finds nothing that it would warn of`,
    ],
  },
  {
    id: 'V12.2.2',
    level: 1,
    status: 'not-applicable',
    how: 'Breakwater stands inside an organisation’s network and serves its own programs and staff: no service faces the public. Outside development it does not start without the operator’s certificate, which may be of a public authority, and its local one never leaves the machine.',
  },
  {
    id: 'V12.3.1',
    level: 2,
    status: 'met',
    how: 'Callers, database, providers, identity providers and key services are spoken to by TLS or a unix socket; plain HTTP to a model server is refused unless it is on this machine.',
    tests: [
      `${T.provider}#is spoken to in the clear on this machine only`,
      `${T.config}#BREAKWATER_DATABASE_CA_FILE: required`,
      `${T.processes}#takes nobody without a certificate`,
    ],
  },
  {
    id: 'V12.3.2',
    level: 2,
    status: 'met',
    how: 'Certificates are verified whatever the environment says, by name and chain, and pinned where it is configured.',
    tests: [
      `${T.provider}#must prove who it is, whatever the environment says`,
      `${T.provider}#is refused when its certificate was swapped for another that is valid`,
      `packages/cli/src/api/api.test.ts#a server of another authority is not spoken to`,
    ],
  },
  {
    id: 'V12.3.3',
    level: 2,
    status: 'met',
    how: 'Programs of Breakwater meet in the database only, by TLS with certificates of their own; the sidecar speaks TLS to the server and serves loopback or a unix socket.',
    tests: [
      `${T.processes}#takes nobody without a certificate, with a foreign one, or with that of another program`,
      `${T.connect}#serves on a unix socket without a token, and there alone`,
    ],
  },
  {
    id: 'V12.3.4',
    level: 2,
    status: 'met',
    how: 'The database is believed under its named authority only, providers under theirs; the local authority is bound to this machine by name constraints.',
    tests: [
      `${T.provider}#is believed when an authority on record signed for it`,
      `${T.tls}#is not trusted by who does not know its authority, nor under another name`,
      `${T.tls}#is bound to this machine by a critical name constraint`,
    ],
  },
  {
    id: 'V12.3.5',
    level: 3,
    status: 'met',
    how: 'Each program shows the database its own certificate, and may only what its role may.',
    tests: [
      `${T.processes}#takes nobody without a certificate, with a foreign one, or with that of another program`,
      `${T.processes}#lets a gateway be neither sequencer nor owner`,
    ],
  },
]
