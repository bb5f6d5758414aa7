import { z } from 'zod'
import {
  issuedTokenSchema,
  principalInputSchema,
  principalSchema,
  tokenInputSchema,
  whoamiSchema,
} from '../principals.ts'
import type { RouteTable } from '../route.ts'

export const PRINCIPAL_ROUTES = {
  whoami: { method: 'GET', path: '/api/v1/whoami', answer: whoamiSchema },
  listPrincipals: {
    method: 'GET',
    path: '/api/v1/principals',
    action: 'managePrincipals',
    answer: z.object({ principals: z.array(principalSchema) }),
  },
  putPrincipal: {
    method: 'PUT',
    path: '/api/v1/principals/:id',
    action: 'managePrincipals',
    body: principalInputSchema,
  },
  disablePrincipal: { method: 'POST', path: '/api/v1/principals/:id/disable', action: 'managePrincipals' },
  issueToken: {
    method: 'POST',
    path: '/api/v1/principals/:id/tokens',
    action: 'managePrincipals',
    body: tokenInputSchema,
    answer: issuedTokenSchema,
  },
  revokeToken: { method: 'POST', path: '/api/v1/principals/:id/tokens/:sha256/revoke', action: 'managePrincipals' },
} as const satisfies RouteTable
