import type { Purpose } from '@breakwater/contract'
import { listRestorable } from '@breakwater/server'
import type { PolicyEngine, PolicyQuestion } from '@breakwater/server'
import type { Cell } from '../../requirements/authorisation-matrix.ts'

/** A cell of the table as the server would ask it. */
function toQuestion(cell: Cell): PolicyQuestion {
  const { action, purpose, basis, field, store } = cell
  return {
    principal: {
      tenant: 'acme',
      id: 'somebody',
      kind: cell.kind,
      roles: cell.roles,
      // Cells also hold purposes that the contract refuses before a policy is asked.
      purposes: (cell.holdsPurpose && purpose !== undefined ? [purpose] : []) as readonly Purpose[],
      mayRestore: cell.mayRestore,
      ...(cell.isBreakGlass && { breakGlass: 'one' }),
    },
    action: action as PolicyQuestion['action'],
    ...(purpose !== undefined && { purpose: purpose as Purpose }),
    ...(store !== undefined && { resource: { kind: store, id: 'one' } }),
    ...(basis !== 'none' && { basis: { kind: basis, dataClass: cell.dataClass } }),
    ...(cell.label !== undefined && { labels: [cell.label] }),
    ...(field !== undefined && (action === 'restore' ? { classes: [field] } : { fields: [field] })),
    dataClass: cell.dataClass,
    environment: cell.environment,
    isMfa: cell.isMfa,
    isRecentlyAuthenticated: cell.isRecent,
  }
}

/** What a caller gets: for `restore`, whether the value goes back in the end. */
export function decideCell(engine: PolicyEngine, cell: Cell): boolean {
  const question = toQuestion(cell)
  if (cell.action !== 'restore') return engine(question).isAllowed
  return listRestorable(engine, question).classes.has(cell.field ?? '')
}
