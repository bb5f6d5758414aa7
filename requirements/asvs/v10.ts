import { TESTS as T } from './tests.ts'
import type { AsvsRow } from './types.ts'

const NO_CODE_GRANT =
  'The token endpoint takes client credentials, token exchange and device codes; it has no authorisation endpoint, no redirect and no code'
const NO_REFRESH = 'No refresh token is issued: who holds a key asks again'
const NO_PROVIDER = 'Breakwater is no OpenID provider'
const without = (id: string, level: 1 | 2 | 3, how: string): AsvsRow => ({
  id,
  level,
  status: 'not-applicable',
  how: `${how}.`,
})

/** OAuth and OpenID Connect. */
export const V10: readonly AsvsRow[] = [
  {
    id: 'V10.1.1',
    level: 2,
    status: 'met',
    how: 'A provider’s tokens stay in the server and are dropped after the log-in; the browser gets our cookie, which scripts cannot read.',
    tests: [`${T.console}#the session is a cookie that no script can read, and nothing else is kept in the browser`],
  },
  {
    id: 'V10.1.2',
    level: 2,
    status: 'met',
    how: 'State, nonce and verifier are MACs over 192 random bits in a cookie of the browser that began, for one provider, good once.',
    tests: [
      `${T.federated}#comes back to the browser that left`,
      `${T.federated}#comes back once: a replayed answer is refused`,
      `${T.federated}#asks with PKCE, state, nonce and an age`,
    ],
  },
  {
    id: 'V10.2.1',
    level: 2,
    status: 'met',
    how: 'PKCE with S256 and state, both.',
    tests: [
      `${T.federated}#asks with PKCE, state, nonce and an age`,
      `${T.federated}#comes back to the browser that left`,
    ],
  },
  {
    id: 'V10.2.2',
    level: 2,
    status: 'met',
    how: 'Each provider has a redirect address of its own, and iss is checked beside the code and in the ID token.',
    tests: [
      `${T.federated}#that another issuer sent back`,
      `${T.federated}#comes back to the address of its own provider only`,
    ],
  },
  {
    id: 'V10.2.3',
    level: 3,
    status: 'met',
    how: 'A log-in asks for openid and what the administrator listed for the provider’s groups.',
    tests: [`${T.federated}#asks with PKCE, state, nonce and an age`],
  },
  {
    id: 'V10.3.1',
    level: 2,
    status: 'met',
    how: 'The audience must be this installation.',
    tests: [`${T.scheme}#of another installation with the same keys is refused`],
  },
  {
    id: 'V10.3.2',
    level: 2,
    status: 'met',
    how: 'Subject and scope are part of each decision: scopes narrow what the roles may.',
    tests: [`${T.scheme}#narrow what the roles may to an action, and an action to a purpose`],
  },
  {
    id: 'V10.3.3',
    level: 2,
    status: 'met',
    how: 'A client is the id of one registration; a person behind it is (issuer, subject).',
    tests: [
      `${T.grant}#makes the person the verified actor of what the service does`,
      `${T.federated}#of the same subject at another provider is another person`,
    ],
  },
  {
    id: 'V10.3.4',
    level: 2,
    status: 'met',
    how: 'What needs fresh factors takes a person’s session that showed them; no access token stands in.',
    tests: [
      `${T.sessions}#wants factors of the last five minutes, and tells the ledger`,
      `${T.breakGlass}#needs factors shown within five minutes; a token or a service does not open it`,
    ],
  },
  {
    id: 'V10.3.5',
    level: 3,
    status: 'not-met',
    how: 'Access tokens of services are bound by DPoP or certificate and refused without it. API keys (an exception, bound to addresses) and the session of the command line are bearers.',
    wouldMeet: 'DPoP for the command line’s session, and no API keys',
  },
  without('V10.4.1', 1, NO_CODE_GRANT),
  without('V10.4.2', 1, NO_CODE_GRANT),
  without('V10.4.3', 1, NO_CODE_GRANT),
  {
    id: 'V10.4.4',
    level: 1,
    status: 'met',
    how: 'Services have client credentials and token exchange, the command line has device codes, and other grants are refused: there is no implicit and no password grant.',
    tests: [
      `${T.grant}#another grant`,
      `${T.grant}#has no page and no redirect`,
      `${T.device}#is refused to other clients and unknown tenants`,
    ],
  },
  without('V10.4.5', 1, NO_REFRESH),
  without('V10.4.6', 2, NO_CODE_GRANT),
  without('V10.4.7', 2, 'Clients are registered by administrators: there is no dynamic registration'),
  without('V10.4.8', 2, NO_REFRESH),
  {
    id: 'V10.4.9',
    level: 2,
    status: 'met',
    how: 'The command line’s session, which a device code gave, is listed in the console and ended there.',
    tests: [`${T.device}#gives a session that is listed as the command line’s, idles out and can be revoked`],
  },
  {
    id: 'V10.4.10',
    level: 2,
    status: 'met',
    how: 'A service authenticates by a signed assertion or its certificate at every request of a token.',
    tests: [
      `${T.grant}#refuses an assertion %s`,
      `${T.certificate}#is not had with a certificate of another authority`,
    ],
  },
  {
    id: 'V10.4.11',
    level: 2,
    status: 'met',
    how: 'An administrator gives a client its scopes; a request narrows them and cannot widen them.',
    tests: [
      `${T.grant}#narrows to the scopes asked for, and refuses others`,
      `${T.scheme}#is refused at once when its client is disabled, and narrowed with its client`,
    ],
  },
  without('V10.4.12', 3, NO_CODE_GRANT),
  without('V10.4.13', 3, NO_CODE_GRANT),
  {
    id: 'V10.4.14',
    level: 3,
    status: 'not-met',
    how: 'Services get bound tokens only. A device code gives the command line a person’s session, which is a bearer with an idle limit.',
    wouldMeet: 'a key of the command line that the session is bound to (DPoP in the device flow)',
  },
  without('V10.4.15', 3, 'authorization_details is not spoken: scopes are the whole language'),
  {
    id: 'V10.4.16',
    level: 3,
    status: 'not-met',
    how: 'Services authenticate by private_key_jwt or certificate. The command line’s device flow is a public client, as RFC 8628 has it.',
    wouldMeet: 'a key pair for each installation of the command line, registered before its first log-in',
  },
  {
    id: 'V10.5.1',
    level: 2,
    status: 'met',
    how: 'The nonce must match, and each log-in counts once.',
    tests: [`${T.federated}#with another nonce`, `${T.federated}#comes back once: a replayed answer is refused`],
  },
  {
    id: 'V10.5.2',
    level: 2,
    status: 'met',
    how: 'A person is (iss, sub), for ever; names and addresses only label.',
    tests: [
      `${T.federated}#makes a person of the groups it tells, once for ever`,
      `${T.federated}#of the same subject at another provider is another person`,
    ],
  },
  {
    id: 'V10.5.3',
    level: 2,
    status: 'met',
    how: 'Metadata that tell of another issuer than the configured one are refused before a browser is sent away.',
    tests: [`${T.federated}#is not begun when the metadata tell of another issuer`],
  },
  {
    id: 'V10.5.4',
    level: 2,
    status: 'met',
    how: 'The audience of an ID token must be our client id.',
    tests: [`${T.federated}#for another client`],
  },
  without(
    'V10.5.5',
    2,
    'There is no back-channel log-out: no route takes a logout token. Revocation and SCIM end sessions',
  ),
  without('V10.6.1', 2, NO_PROVIDER),
  without('V10.6.2', 2, NO_PROVIDER),
  {
    id: 'V10.7.1',
    level: 2,
    status: 'met',
    how: 'A person approves each device code by itself, in the console, with fresh factors; nothing is remembered for the next.',
    tests: [
      `${T.device}#waits until a person with a browser approves`,
      `${T.device}#is approved by nobody without fresh factors`,
    ],
  },
  {
    id: 'V10.7.2',
    level: 2,
    status: 'met',
    how: 'Before the answer the person sees which program waits, from which address, since when, for which scopes and until when.',
    tests: [`${T.device}#waits until a person with a browser approves`],
  },
  {
    id: 'V10.7.3',
    level: 2,
    status: 'met',
    how: 'What was approved stands among the person’s sessions as the command line’s and is ended there.',
    tests: [`${T.device}#gives a session that is listed as the command line’s, idles out and can be revoked`],
  },
]
