import { randomUUID } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import type { RecordChange } from '../../platform/audit/change.ts'
import type { Db } from '../../platform/db/database.ts'
import { createBudgetService } from './service.ts'
import { createBudgetStore } from './store.ts'
import type { BudgetService } from './types.ts'
import { createUnitStore } from './units/store.ts'
import { createUnits } from './units/units.ts'

export interface BudgetsDeps {
  readonly db: Db
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** After this, what a replica held that no longer answers is free again. */
  readonly leaseMs?: number
  /** How soon what nobody uses is given back. */
  readonly flushMs?: number
}

const LEASE_MS = 15_000
const FLUSH_MS = 1_000

/** Limits of this replica, which has a name of its own for what it holds. */
export function createBudgets({
  db,
  clock,
  recordChange,
  leaseMs = LEASE_MS,
  flushMs = FLUSH_MS,
}: BudgetsDeps): BudgetService {
  const units = createUnits({
    store: createUnitStore(db, { replica: randomUUID(), leaseMs }),
    leaseMs,
    flushMs,
  })
  return createBudgetService({ store: createBudgetStore(db), units, clock, recordChange })
}
