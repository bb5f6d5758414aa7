import type { LedgerPage } from '@breakwater/contract'
import { ledgerPageSchema, ledgerQuerySchema, ROUTES } from '@breakwater/contract'
import { Hono } from 'hono'
import type { LedgerService } from './features/ledger/index.ts'
import { parseInput } from './platform/http/body.ts'
import { readCaller } from './platform/http/caller.ts'
import type { ServerEnv } from './platform/http/env.ts'

/** The tenant's own entries. The proof that none is missing is in the published log. */
export function ledgerRoutes(ledger: Pick<LedgerService, 'read'>): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get(ROUTES.readLedger.path, async (c) => {
    const page = parseInput(ledgerQuerySchema, c.req.query())
    const entries = await ledger.read(readCaller(c).tenant, page)
    const answer: LedgerPage = ledgerPageSchema.parse({ entries })
    return c.json(answer)
  })
}
