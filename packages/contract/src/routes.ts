import { z } from 'zod'
import { agreementInputSchema, agreementSchema } from './agreements.ts'
import { ledgerPageSchema } from './ledger.ts'
import {
  issuedTokenSchema,
  principalInputSchema,
  principalSchema,
  tokenInputSchema,
  whoamiSchema,
} from './principals.ts'
import { providerInputSchema, providerSchema } from './providers.ts'

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST'
  /** Path with parameters as `:name`. */
  readonly path: string
  /** What the policy set must allow; undefined: every authenticated caller may. */
  readonly action?: 'administer' | 'readLedger'
  readonly body?: z.ZodType
  /** Undefined: 204, no content. */
  readonly answer?: z.ZodType
}

/** The API of administration, `/api/v1/*`: JSON in and out, RFC 9457 problems. */
export const ROUTES = {
  whoami: { method: 'GET', path: '/api/v1/whoami', answer: whoamiSchema },
  listProviders: {
    method: 'GET',
    path: '/api/v1/providers',
    action: 'administer',
    answer: z.object({ providers: z.array(providerSchema) }),
  },
  getProvider: { method: 'GET', path: '/api/v1/providers/:id', action: 'administer', answer: providerSchema },
  putProvider: {
    method: 'PUT',
    path: '/api/v1/providers/:id',
    action: 'administer',
    body: providerInputSchema,
    answer: providerSchema,
  },
  disableProvider: { method: 'POST', path: '/api/v1/providers/:id/disable', action: 'administer' },
  listAgreements: {
    method: 'GET',
    path: '/api/v1/agreements',
    action: 'administer',
    answer: z.object({ agreements: z.array(agreementSchema) }),
  },
  getAgreement: { method: 'GET', path: '/api/v1/agreements/:id', action: 'administer', answer: agreementSchema },
  putAgreement: {
    method: 'PUT',
    path: '/api/v1/agreements/:id',
    action: 'administer',
    body: agreementInputSchema,
    answer: agreementSchema,
  },
  terminateAgreement: { method: 'POST', path: '/api/v1/agreements/:id/terminate', action: 'administer' },
  listPrincipals: {
    method: 'GET',
    path: '/api/v1/principals',
    action: 'administer',
    answer: z.object({ principals: z.array(principalSchema) }),
  },
  putPrincipal: { method: 'PUT', path: '/api/v1/principals/:id', action: 'administer', body: principalInputSchema },
  disablePrincipal: { method: 'POST', path: '/api/v1/principals/:id/disable', action: 'administer' },
  issueToken: {
    method: 'POST',
    path: '/api/v1/principals/:id/tokens',
    action: 'administer',
    body: tokenInputSchema,
    answer: issuedTokenSchema,
  },
  revokeToken: { method: 'POST', path: '/api/v1/principals/:id/tokens/:sha256/revoke', action: 'administer' },
  readLedger: { method: 'GET', path: '/api/v1/ledger/entries', action: 'readLedger', answer: ledgerPageSchema },
} as const satisfies Readonly<Record<string, Route>>

export type RouteName = keyof typeof ROUTES
