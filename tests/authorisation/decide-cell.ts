import { OPEN_PURPOSES } from '../../packages/contract/src/index.ts'
import type { Engine } from '../../packages/server/src/features/policy/engine.ts'
import { listClasses } from '../../packages/server/src/features/policy/restore.ts'
import type { Question } from '../../packages/server/src/features/policy/types.ts'
import type { Cell } from '../../requirements/authorisation-matrix.ts'

/** A cell of the table as the server would ask it. */
export function toQuestion(cell: Cell): Question {
  const { action, purpose, basis, field, store } = cell
  return {
    principal: {
      tenant: 'acme',
      id: 'somebody',
      kind: cell.kind,
      roles: cell.roles,
      // Cells also hold purposes that the contract refuses before a policy is asked.
      purposes: (cell.holdsPurpose && purpose !== undefined
        ? [purpose]
        : []) as readonly (typeof OPEN_PURPOSES)[number][],
      mayRestore: cell.mayRestore,
      ...(cell.isBreakGlass && { breakGlass: 'one' }),
    },
    action: action as Question['action'],
    ...(purpose !== undefined && { purpose: purpose as (typeof OPEN_PURPOSES)[number] }),
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
export function decideCell(engine: Engine, cell: Cell): boolean {
  const question = toQuestion(cell)
  if (cell.action !== 'restore') return engine(question).isAllowed
  return listClasses(engine, question).classes.has(cell.field ?? '')
}
