import type { LegalBasisRecord } from '@breakwater/contract'
import { legalBasisEndSchema, legalBasisInputSchema, legalBasisSchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { LegalBasis, LegalBasisService } from './types.ts'

export function legalBasisRoutes(service: LegalBasisService): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listLegalBases.path, async (c) => {
      const bases = await service.list(readCaller(c).tenant)
      return c.json({ bases: bases.map(toRecord) })
    })
    .put(ROUTES.putLegalBasis.path, async (c) => {
      const { effectiveFrom, expiresAt, expiryEvent, ...fields } = await readBody(c, legalBasisInputSchema)
      const basis = await service.put(readCaller(c), {
        ...fields,
        id: readId(c),
        effectiveFrom: new Date(effectiveFrom),
        ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
        ...(expiryEvent !== undefined && { expiryEvent }),
      })
      return c.json(toRecord(basis))
    })
    .post(ROUTES.endLegalBasis.path, async (c) => {
      const { reason } = await readBody(c, legalBasisEndSchema)
      await service.end(readCaller(c), readId(c), reason)
      return c.body(null, 204)
    })
}

/** Without the references: how many are covered is enough to read. */
function toRecord(basis: LegalBasis): LegalBasisRecord {
  const { patients, effectiveFrom, expiresAt, endedAt, ...rest } = basis
  return legalBasisSchema.parse({
    ...rest,
    patientCount: patients.length,
    effectiveFrom: effectiveFrom.toISOString(),
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  })
}
