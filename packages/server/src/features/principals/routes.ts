import type { PrincipalRecord, Whoami } from '@breakwater/contract'
import { principalInputSchema, ROUTES, tokenHashSchema, tokenInputSchema } from '@breakwater/contract'
import { Hono } from 'hono'
import { parseInput, readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { ListedPrincipal, Principal, PrincipalService } from './types.ts'

export function principalRoutes(service: PrincipalService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.whoami.path, (c) => {
      return c.json(toWhoami(readCaller(c)))
    })
    .get(ROUTES.listPrincipals.path, async (c) => {
      const principals = await service.list(readCaller(c).tenant)
      return c.json({ principals: principals.map(toRecord) })
    })
    .put(ROUTES.putPrincipal.path, async (c) => {
      const { defaultPurpose, labels, ...fields } = await readBody(c, principalInputSchema)
      const optional = { ...(defaultPurpose && { defaultPurpose }), ...(labels && { labels }) }
      await service.put(readCaller(c), { ...fields, id: readId(c), ...optional })
      return c.body(null, 204)
    })
    .post(ROUTES.disablePrincipal.path, async (c) => {
      await service.disable(readCaller(c), readId(c))
      return c.body(null, 204)
    })
    .post(ROUTES.issueToken.path, async (c) => {
      const options = await readBody(c, tokenInputSchema)
      const { expiresAt, ...issued } = await service.issueToken(readCaller(c), readId(c), options)
      c.header('cache-control', 'no-store')
      return c.json({ ...issued, expiresAt: expiresAt.toISOString() })
    })
    .post(ROUTES.revokeToken.path, async (c) => {
      const sha256 = parseInput(tokenHashSchema, c.req.param('sha256'))
      await service.revokeToken(readCaller(c), readId(c), sha256)
      return c.body(null, 204)
    })
}

export function toWhoami({ tenant, id, kind, roles, purposes, defaultPurpose, mayRestore, labels }: Principal): Whoami {
  return {
    tenant,
    id,
    kind,
    roles: [...roles],
    purposes: [...purposes],
    mayRestore,
    ...(defaultPurpose && { defaultPurpose }),
    ...(labels && labels.length > 0 && { labels: [...labels] }),
  }
}

function toRecord({ isDisabled, ...principal }: ListedPrincipal): PrincipalRecord {
  const { tenant: _tenant, ...fields } = toWhoami(principal)
  return { ...fields, isDisabled }
}
