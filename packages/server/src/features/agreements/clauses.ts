import type { ClauseId } from '@breakwater/contract'
import { listMandatoryClauses } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Agreement } from './types.ts'

type Checked = Pick<Agreement, 'kind' | 'allowsTraining' | 'clauses' | 'incidentNoticeDays'>

/**
 * Clauses that the record does not show and must: the elements of 45 CFR 164.504(e)(2) and those about models. What is the
 * organisation's own has no contract. A notice without its days is none.
 */
export function findMissingClauses({ kind, allowsTraining, clauses, incidentNoticeDays }: Checked): ClauseId[] {
  if (kind === 'internal') return []
  const shown = new Set(clauses.map(({ clause }) => clause))
  if (incidentNoticeDays === undefined) shown.delete('ai-incident-notice')
  return listMandatoryClauses({ allowsTraining }).filter((clause) => !shown.has(clause))
}

/** Throws `agreement.clauses-missing`, naming the clauses. */
export function requireClauses(agreement: Checked): void {
  const missing = findMissingClauses(agreement)
  if (missing.length === 0) return
  const message = `no place in the contract is on record for: ${missing.join(', ')} (45 CFR 164.504(e)(2))`
  throw new AppError('agreement.clauses-missing', { message, field: '/clauses' })
}
