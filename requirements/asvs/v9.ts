import { TESTS as T } from './tests.ts'
import type { AsvsRow } from './types.ts'

/** Self-contained tokens. */
export const V9: readonly AsvsRow[] = [
  {
    id: 'V9.1.1',
    level: 1,
    status: 'met',
    how: 'Access tokens, assertions, proofs and ID tokens are verified by signature before a claim is believed.',
    tests: [
      `${T.scheme}#is refused when it is signed %s`,
      `${T.grant}#with an altered signature`,
      `${T.signatures}#are all refused that are invalid`,
    ],
  },
  {
    id: 'V9.1.2',
    level: 1,
    status: 'met',
    how: 'Each context has a closed list of asymmetric algorithms, and the key’s type decides, not the header.',
    tests: [
      `${T.scheme}#of a public key used as a shared secret is refused`,
      `${T.federated}#that nobody signed`,
      `${T.cryptography}#no algorithm is named in the code that the rules forbid`,
    ],
  },
  {
    id: 'V9.1.3',
    level: 1,
    status: 'met',
    how: 'Keys come from our rows, from what an administrator registered, or from the metadata of the configured provider; a key that a token brings along counts for nothing but a proof of itself.',
    tests: [`${T.scheme}#by another key that it brings along`, `${T.services}#the address of a key`],
  },
  {
    id: 'V9.2.1',
    level: 1,
    status: 'met',
    how: 'Begin and end are required and checked, by the clock of the server, with five seconds of tolerance.',
    tests: [
      `${T.scheme}#and no longer than 300 seconds`,
      `${T.grant}#that has expired`,
      `${T.federated}#that has expired`,
    ],
  },
  {
    id: 'V9.2.2',
    level: 2,
    status: 'met',
    how: 'Types are stated and checked: at+jwt for access tokens, dpop+jwt for proofs; an assertion is no access token and the other way round.',
    tests: [`${T.grant}#of another type`, `${T.scheme}#of another type`],
  },
  {
    id: 'V9.2.3',
    level: 2,
    status: 'met',
    how: 'The audience must be this installation; an assertion for two servers is refused as well.',
    tests: [
      `${T.scheme}#of another installation with the same keys is refused`,
      `${T.grant}#for two servers`,
      `${T.federated}#for another client`,
    ],
  },
  {
    id: 'V9.2.4',
    level: 2,
    status: 'met',
    how: 'Tokens are issued for one audience, this installation’s public address; callers choose none.',
    tests: [`${T.scheme}#of another installation with the same keys is refused`],
  },
]
