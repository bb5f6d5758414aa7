import type { VendorFactInput, VendorFactRecord } from '@breakwater/contract'
import { ROUTES, vendorConfirmSchema, vendorImportSchema } from '@breakwater/contract'
import { Hono } from 'hono'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readId } from '../../platform/http/caller.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import type { ListedFact, VendorService } from './types.ts'

export interface VendorRouteDeps {
  readonly vendors: Pick<VendorService, 'list' | 'import' | 'confirm'>
  readonly readStarter: () => Promise<readonly VendorFactInput[]>
}

export function vendorRoutes({ vendors, readStarter }: VendorRouteDeps): Hono<ServerEnv> {
  return new Hono<ServerEnv>()
    .get(ROUTES.listVendorFacts.path, async (c) => {
      const facts = await vendors.list(readCaller(c).tenant)
      return c.json({ facts: facts.map(toRecord) })
    })
    .get(ROUTES.readStarterFacts.path, async (c) => c.json({ facts: await readStarter() }))
    .post(ROUTES.importVendorFacts.path, async (c) => {
      const { facts } = await readBody(c, vendorImportSchema)
      return c.json(await vendors.import(readCaller(c), facts))
    })
    .post(ROUTES.confirmVendorFact.path, async (c) => {
      const { version } = await readBody(c, vendorConfirmSchema)
      await vendors.confirm(readCaller(c), readId(c), version)
      return c.body(null, 204)
    })
}

function toRecord({ putAt, confirmedAt, ...fact }: ListedFact): VendorFactRecord {
  return {
    ...fact,
    conditions: [...fact.conditions],
    liftedBy: [...fact.liftedBy],
    subprocessors: [...fact.subprocessors],
    retentionDays: fact.retentionDays ?? null,
    humanReview: fact.humanReview ?? null,
    training: fact.training ?? null,
    state: confirmedAt === undefined ? 'to-confirm' : 'confirmed',
    putAt: putAt.toISOString(),
    ...(confirmedAt && { confirmedAt: confirmedAt.toISOString() }),
  }
}
