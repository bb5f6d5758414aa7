import { ledgerPageSchema, ledgerQuerySchema } from '../ledger.ts'
import type { RouteTable } from '../route.ts'

export const LEDGER_ROUTES = {
  readLedger: {
    method: 'GET',
    path: '/api/v1/ledger/entries',
    action: 'readLedger',
    query: ledgerQuerySchema,
    answer: ledgerPageSchema,
  },
} as const satisfies RouteTable
