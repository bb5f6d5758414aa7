import { randomUUID } from 'node:crypto'
import type { BudgetDeps } from './service.ts'
import { createBudgetService } from './service.ts'
import type { BudgetService } from './types.ts'
import type { UnitStore, UnitStoreOptions } from './units/store.ts'
import { createUnits } from './units/units.ts'

export interface BudgetsDeps extends Omit<BudgetDeps, 'units'> {
  readonly openUnits: (options: UnitStoreOptions) => UnitStore
}

/** After this, what a replica held that no longer answers is free again. */
const LEASE_MS = 15_000
/** How soon what nobody uses is given back. */
const FLUSH_MS = 1_000

/** Limits of this replica, which has a name of its own for what it holds. */
export function createBudgets({ openUnits, ...deps }: BudgetsDeps): BudgetService {
  const store = openUnits({ replica: randomUUID(), leaseMs: LEASE_MS })
  return createBudgetService({ ...deps, units: createUnits({ store, leaseMs: LEASE_MS, flushMs: FLUSH_MS }) })
}
