import { TESTS as T } from './tests.ts'
import type { AsvsRow } from './types.ts'

/** Authorization. */
export const V8: readonly AsvsRow[] = [
  {
    id: 'V8.1.1',
    level: 1,
    status: 'met',
    how: 'The rules stand in a table written by hand, and the policies are held against it cell by cell.',
    tests: [`${T.matrix}#say what the table says in every role x purpose x action`],
  },
  {
    id: 'V8.1.2',
    level: 2,
    status: 'met',
    how: 'The same table has a column for each field, for reading and for writing, by role, purpose, class of data and legal basis.',
    tests: [`${T.matrix}#say what the table says in every role x purpose x action`],
  },
  {
    id: 'V8.1.3',
    level: 3,
    status: 'met',
    how: 'docs/access.md lists the attributes that decisions look at, and those they do not, with the reason.',
    tests: [`${T.access}#docs/access.md tells the limits that the code has`],
  },
  {
    id: 'V8.1.4',
    level: 3,
    status: 'met',
    how: 'Beside each attribute stands its threshold and what follows: refused, step-up, flagged, ended, locked.',
    tests: [
      `${T.access}#docs/access.md tells the limits that the code has`,
      `${T.matrix}#need each policy and each condition`,
    ],
  },
  {
    id: 'V8.2.1',
    level: 1,
    status: 'met',
    how: 'Every declared route gets its guard from the table of routes; without a permission it is refused and recorded.',
    tests: [
      `${T.app}#wants a token (AC-13)`,
      `${T.app}#is not for an application, and the ledger tells`,
      `${T.matrix}#need each policy and each condition`,
    ],
  },
  {
    id: 'V8.2.2',
    level: 1,
    status: 'met',
    how: 'An object is found inside the caller’s tenant, and own things inside the own principal; others are not found.',
    tests: [
      `${T.app}#knows nothing of another tenant: not found, never forbidden`,
      `${T.sessions}#of somebody else are ended by an administrator, not by a colleague`,
      `${T.grants}#of another tenant is not found`,
    ],
  },
  {
    id: 'V8.2.3',
    level: 2,
    status: 'met',
    how: 'Decisions are by field; the reporting login reaches only columns that its views show; bodies take declared fields only.',
    tests: [
      `${T.matrix}#say what the table says in every role x purpose x action`,
      `${T.columns}#has no right to a table as a whole, and to columns only as far as its views show them`,
      `packages/contract/src/openapi.test.ts#bodies are closed: a field that nobody declared is refused`,
    ],
  },
  {
    id: 'V8.2.4',
    level: 3,
    status: 'met',
    how: 'Address, browser, age of the factors and clock are looked at when a session begins and at each request; what deviates is flagged, ended or asked for its factors.',
    tests: [
      `${T.sessions}#at two addresses within five minutes is flagged`,
      `${T.sessions}#of another browser is flagged, told at once, and ended`,
      `${T.sessions}#a second device of a person at work is flagged`,
      `${T.apiKeys}#serves from its ranges only, whatever a header says`,
    ],
  },
  {
    id: 'V8.3.1',
    level: 1,
    status: 'met',
    how: 'The server decides each request; the console is static and has no say.',
    tests: [
      `${T.app}#wants a token (AC-13)`,
      `${T.scheme}#never widen: an application with a scope of administration administers nothing`,
    ],
  },
  {
    id: 'V8.3.2',
    level: 3,
    status: 'not-met',
    how: 'Where a change is made it counts at once; other replicas take it up within a second as a rule and five at most, and nothing done in between is reverted.',
    wouldMeet: 'a look at the database for each decision, or a broadcast that is confirmed before a change is answered',
  },
  {
    id: 'V8.3.3',
    level: 3,
    status: 'not-met',
    how: 'A service that acts for a proven person is recorded with that person, and a decision for a store names who asked; but the roles that count for a crossing are the service’s, narrowed by its scopes.',
    wouldMeet: 'decisions on what both the service and the person behind it may, wherever the actor is verified',
  },
  {
    id: 'V8.4.1',
    level: 2,
    status: 'met',
    how: 'Every table of a tenant has forced row-level security, keys that carry the tenant, and a role that cannot pass it.',
    tests: [
      `${T.rls}#is forced on every table of a tenant`,
      `${T.rls}#refuses a row of another tenant`,
      `${T.app}#knows nothing of another tenant: not found, never forbidden`,
    ],
  },
  {
    id: 'V8.4.2',
    level: 3,
    status: 'not-met',
    how: 'Administration takes a session with two factors, fresh ones for what matters, the same client throughout and often a second person, from anywhere; the health of the device is not looked at.',
    wouldMeet:
      'a required acr of the identity provider’s conditional access that stands for a managed device, or client certificates of devices',
  },
]
