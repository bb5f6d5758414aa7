import { z } from 'zod'
import {
  accessRequestInputSchema,
  accessRequestSchema,
  alertSchema,
  breakGlassInputSchema,
  breakGlassReviewSchema,
  breakGlassSchema,
  grantSchema,
} from '../access.ts'
import type { RouteTable } from '../route.ts'

const requests = z.object({ requests: z.array(accessRequestSchema) })

export const ACCESS_ROUTES = {
  requestAccess: {
    method: 'POST',
    path: '/api/v1/access-requests',
    action: 'requestAccess',
    body: accessRequestInputSchema,
    answer: accessRequestSchema,
  },
  /** Those that the caller made or would profit from. */
  listOwnAccessRequests: {
    method: 'GET',
    path: '/api/v1/access-requests/own',
    action: 'requestAccess',
    answer: requests,
  },
  listAccessRequests: { method: 'GET', path: '/api/v1/access-requests', action: 'approveAccess', answer: requests },
  approveAccessRequest: {
    method: 'POST',
    path: '/api/v1/access-requests/:id/approve',
    action: 'approveAccess',
    answer: grantSchema,
  },
  denyAccessRequest: { method: 'POST', path: '/api/v1/access-requests/:id/deny', action: 'approveAccess' },
  withdrawAccessRequest: { method: 'POST', path: '/api/v1/access-requests/:id/withdraw', action: 'requestAccess' },
  listGrants: {
    method: 'GET',
    path: '/api/v1/grants',
    action: 'approveAccess',
    answer: z.object({ grants: z.array(grantSchema) }),
  },
  endGrant: { method: 'POST', path: '/api/v1/grants/:id/end', action: 'approveAccess' },
  openBreakGlass: {
    method: 'POST',
    path: '/api/v1/break-glass',
    action: 'breakGlass',
    // Any second factor will do: an emergency must not fail for the kind of it.
    needsStepUp: true,
    body: breakGlassInputSchema,
    answer: breakGlassSchema,
  },
  listBreakGlass: {
    method: 'GET',
    path: '/api/v1/break-glass',
    action: 'approveAccess',
    answer: z.object({ breakGlass: z.array(breakGlassSchema) }),
  },
  confirmBreakGlass: { method: 'POST', path: '/api/v1/break-glass/:id/confirm', action: 'approveAccess' },
  /** By who opened it, and nobody else: giving up asks for no right. */
  closeBreakGlass: { method: 'POST', path: '/api/v1/break-glass/:id/close' },
  reviewBreakGlass: {
    method: 'POST',
    path: '/api/v1/break-glass/:id/review',
    action: 'approveAccess',
    body: breakGlassReviewSchema,
  },
  listAlerts: {
    method: 'GET',
    path: '/api/v1/alerts',
    action: 'approveAccess',
    answer: z.object({ alerts: z.array(alertSchema) }),
  },
  acknowledgeAlert: { method: 'POST', path: '/api/v1/alerts/:id/acknowledge', action: 'approveAccess' },
} as const satisfies RouteTable
