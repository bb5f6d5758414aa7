import { TESTS as T } from './tests.ts'
import type { AsvsRow } from './types.ts'

/** Session management. */
export const V7: readonly AsvsRow[] = [
  {
    id: 'V7.1.1',
    level: 2,
    status: 'met',
    how: 'docs/access.md gives idle and absolute limits and why they are below those of NIST SP 800-63B-4.',
    tests: [`${T.access}#docs/access.md tells the limits that the code has`],
  },
  {
    id: 'V7.1.2',
    level: 2,
    status: 'met',
    how: 'Five sessions a person, documented; the oldest gives way.',
    tests: [
      `${T.access}#docs/access.md tells the limits that the code has`,
      `${T.sessions}#of one person are five at most`,
    ],
  },
  {
    id: 'V7.1.3',
    level: 2,
    status: 'met',
    how: 'docs/access.md tells how the provider’s session and ours live and end, and when the factors are asked for again.',
    tests: [
      `${T.access}#docs/access.md tells the limits that the code has`,
      `${T.federated}#with factors of two hours ago`,
    ],
  },
  {
    id: 'V7.2.1',
    level: 1,
    status: 'met',
    how: 'The server looks every session up by its hash; the browser holds an opaque secret that no script reads.',
    tests: [`${T.sessions}#is a host cookie that no script reads`, `${T.app}#wants a token (AC-13)`],
  },
  {
    id: 'V7.2.2',
    level: 1,
    status: 'met',
    how: 'A log-in makes a new secret; nothing static is a session.',
    tests: [`${T.sessions}#is not one that was planted`],
  },
  {
    id: 'V7.2.3',
    level: 1,
    status: 'met',
    how: 'A session’s secret is 256 bits of node:crypto, kept as a hash.',
    tests: [
      `${T.sessions}#is a host cookie that no script reads`,
      `${T.cryptography}#no number is drawn from a weak source`,
    ],
  },
  {
    id: 'V7.2.4',
    level: 1,
    status: 'met',
    how: 'Log-in and step-up give another secret; the old one is dead.',
    tests: [
      `${T.sessions}#has a new secret after a step-up, and the old one is dead`,
      `${T.sessions}#is not one that was planted`,
      `${T.federated}#gives the session a new secret when the factors were shown again`,
    ],
  },
  {
    id: 'V7.3.1',
    level: 2,
    status: 'met',
    how: '15 idle minutes, on all replicas, by the server’s clock.',
    tests: [
      `${T.sessions}#serves until 14:59 without a request and is refused at 15:01`,
      `${T.sessions}#of two replicas is idle on both or on none`,
    ],
  },
  {
    id: 'V7.3.2',
    level: 2,
    status: 'met',
    how: 'Eight hours, whatever the activity.',
    tests: [`${T.sessions}#ends after eight hours of work`],
  },
  {
    id: 'V7.4.1',
    level: 1,
    status: 'met',
    how: 'An ended session’s row is ended: refused here at once and on every replica within five seconds.',
    tests: [`${T.console}#logging out ends the session`, `${T.revocation}#is refused on another within five seconds`],
  },
  {
    id: 'V7.4.2',
    level: 1,
    status: 'met',
    how: 'A disabled person is refused with every session; a log-in without mapped groups ends them.',
    tests: [
      `${T.sessions}#is refused when its person is disabled`,
      `${T.federated}#that finds no group left ends the sessions that there are`,
    ],
  },
  {
    id: 'V7.4.3',
    level: 2,
    status: 'met',
    how: 'Removing a passkey or using a new link ends the other sessions; the page where passkeys are added ends all others by one button.',
    tests: [
      `${T.people}#is added after a step-up, and the last one stays`,
      `${T.people}#of somebody who lost it is replaced by a new link`,
      `${T.sessions}#are listed, and ended one by one and all at once`,
    ],
  },
  {
    id: 'V7.4.4',
    level: 2,
    status: 'met',
    how: 'The frame of every page of the console has the button, by name, in all widths.',
    tests: [`${T.console}#logging out ends the session`, `${T.console}#every page: one title, names for all controls`],
  },
  {
    id: 'V7.4.5',
    level: 2,
    status: 'met',
    how: 'Administrators and security officers end one session or all of a person.',
    tests: [`${T.sessions}#of somebody else are ended by an administrator, not by a colleague`],
  },
  {
    id: 'V7.5.1',
    level: 2,
    status: 'met',
    how: 'Passkeys are added and revoked only within five minutes of showing the factors; no address or phone number exists.',
    tests: [
      `${T.people}#is added after a step-up, and the last one stays`,
      `${T.console}#asks for the passkey again after five minutes`,
    ],
  },
  {
    id: 'V7.5.2',
    level: 2,
    status: 'met',
    how: 'A person sees all own sessions and ends any or all others after showing the factors again.',
    tests: [
      `${T.sessions}#are ended by who just showed the factors`,
      `${T.sessions}#are listed, and ended one by one and all at once`,
    ],
  },
  {
    id: 'V7.5.3',
    level: 3,
    status: 'met',
    how: 'Identity providers, policies, invitations, session rules, break-glass and factors ask for the factors again; most of them for a second person as well.',
    tests: [
      `${T.sessions}#wants factors of the last five minutes, and tells the ledger`,
      `${T.drafts}#approval wants a person who just showed two factors`,
      `${T.breakGlass}#needs factors shown within five minutes`,
    ],
  },
  {
    id: 'V7.6.1',
    level: 2,
    status: 'met',
    how: 'A log-in counts only factors younger than the provider’s configured age; a step-up sends max_age=0 and checks auth_time.',
    tests: [
      `${T.federated}#with factors of two hours ago`,
      `${T.federated}#is refused when the provider did not ask again`,
      `${T.sessions}#ends after eight hours of work`,
    ],
  },
  {
    id: 'V7.6.2',
    level: 2,
    status: 'met',
    how: 'A log-in begins by a click in the console, from this origin; another site can begin none, nor plant one.',
    tests: [`${T.federated}#is not begun by another site`, `${T.federated}#comes back to the browser that left`],
  },
]
