import { z } from 'zod'
import { batchInputSchema, batchSchema } from '../batches.ts'
import {
  authorizationServerSchema,
  jwksSchema,
  tokenAnswerSchema,
  tokenFormSchema,
  tokenKeySchema,
  tokenRefusalSchema,
} from '../oauth.ts'
import type { RouteTable } from '../route.ts'
import {
  actorIssuerInputSchema,
  actorIssuerSchema,
  retireKeyInputSchema,
  serviceInputSchema,
  serviceKeyInputSchema,
  serviceKeySchema,
  serviceSchema,
} from '../services.ts'

export const SERVICE_ROUTES = {
  listServices: {
    method: 'GET',
    path: '/api/v1/services',
    action: 'managePrincipals',
    answer: z.object({ services: z.array(serviceSchema) }),
  },
  getService: { method: 'GET', path: '/api/v1/services/:id', action: 'managePrincipals', answer: serviceSchema },
  putService: { method: 'PUT', path: '/api/v1/services/:id', action: 'managePrincipals', body: serviceInputSchema },
  disableService: { method: 'POST', path: '/api/v1/services/:id/disable', action: 'managePrincipals' },
  addServiceKey: {
    method: 'POST',
    path: '/api/v1/services/:id/keys',
    action: 'managePrincipals',
    body: serviceKeyInputSchema,
    answer: serviceKeySchema,
  },
  retireServiceKey: {
    method: 'POST',
    path: '/api/v1/services/:id/keys/:kid/retire',
    action: 'managePrincipals',
    body: retireKeyInputSchema,
  },
  listActorIssuers: {
    method: 'GET',
    path: '/api/v1/actor-issuers',
    action: 'manageIdentity',
    answer: z.object({ issuers: z.array(actorIssuerSchema) }),
  },
  putActorIssuer: {
    method: 'PUT',
    path: '/api/v1/actor-issuers/:id',
    action: 'manageIdentity',
    body: actorIssuerInputSchema,
  },
  disableActorIssuer: { method: 'POST', path: '/api/v1/actor-issuers/:id/disable', action: 'manageIdentity' },
  rotateTokenKey: {
    method: 'POST',
    path: '/api/v1/token-keys/rotate',
    action: 'manageIdentity',
    answer: tokenKeySchema,
  },
  issueAccessToken: {
    method: 'POST',
    path: '/oauth2/token',
    isPublic: true,
    form: tokenFormSchema,
    answer: tokenAnswerSchema,
    refusal: tokenRefusalSchema,
  },
  readTokenKeys: { method: 'GET', path: '/oauth2/jwks', isPublic: true, answer: jwksSchema },
  readAuthorizationServer: {
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    isPublic: true,
    answer: authorizationServerSchema,
  },
  submitBatch: {
    method: 'POST',
    path: '/api/v1/batches',
    action: 'submitBatch',
    body: batchInputSchema,
    answer: batchSchema,
  },
} as const satisfies RouteTable
