import { z } from 'zod'
import type { RouteTable } from '../route.ts'
import { issuedScimTokenSchema, scimTokenInputSchema, scimTokenSchema } from '../scim.ts'

/** Who may provision. SCIM itself, `/scim/v2/*`, describes itself by RFC 7643 section 4 and has a bearer of its own. */
export const SCIM_ROUTES = {
  listScimTokens: {
    method: 'GET',
    path: '/api/v1/scim-tokens',
    action: 'manageIdentity',
    answer: z.object({ tokens: z.array(scimTokenSchema) }),
  },
  issueScimToken: {
    method: 'POST',
    path: '/api/v1/scim-tokens',
    action: 'manageIdentity',
    body: scimTokenInputSchema,
    answer: issuedScimTokenSchema,
  },
  revokeScimToken: { method: 'POST', path: '/api/v1/scim-tokens/:id/revoke', action: 'manageIdentity' },
} as const satisfies RouteTable
