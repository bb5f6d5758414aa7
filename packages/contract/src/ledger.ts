import { z } from 'zod'

export const ledgerQuerySchema = z.strictObject({
  /** Entries behind this index; left out: from the first. */
  after: z.coerce.number().int().min(-1).max(Number.MAX_SAFE_INTEGER).default(-1),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})
export type LedgerQuery = z.input<typeof ledgerQuerySchema>

export const ledgerPageSchema = z.object({
  entries: z.array(
    z.object({
      index: z.int().nonnegative(),
      /** Ledger entry v1. */
      entry: z.json(),
    }),
  ),
})
export type LedgerPage = z.infer<typeof ledgerPageSchema>
