import { z } from 'zod'

interface ClauseRule {
  readonly citation: string
  readonly says: string
  /** Without it no agreement with a business associate or a subcontractor becomes active. */
  readonly isMandatory: boolean
}

/**
 * What a contract with a business associate must say (45 CFR 164.504(e)(2), 164.314(a)(2)(i)), and what one that covers models
 * must say besides. The letters after (ii)(D) follow the rule of 2013.
 */
export const CLAUSES = {
  'permitted-uses': {
    citation: '164.504(e)(2)(i)',
    says: 'permitted and required uses and disclosures, none that the covered entity could not make itself',
    isMandatory: true,
  },
  'own-management': {
    citation: '164.504(e)(2)(i)(A)',
    says: 'use for its own management and administration',
    isMandatory: false,
  },
  'data-aggregation': { citation: '164.504(e)(2)(i)(B)', says: 'data aggregation', isMandatory: false },
  'no-other-use': { citation: '164.504(e)(2)(ii)(A)', says: 'no other use or disclosure', isMandatory: true },
  safeguards: {
    citation: '164.504(e)(2)(ii)(B)',
    says: 'safeguards, and the Security Rule for electronic PHI',
    isMandatory: true,
  },
  'report-breaches': {
    citation: '164.504(e)(2)(ii)(C); 164.410',
    says: 'reports uses outside the contract, breaches of unsecured PHI among them',
    isMandatory: true,
  },
  'security-incidents': { citation: '164.314(a)(2)(i)(C)', says: 'reports security incidents', isMandatory: true },
  'subcontractors-bound': {
    citation: '164.504(e)(2)(ii)(D); 164.308(b)(2)',
    says: 'subcontractors agree to the same restrictions and conditions',
    isMandatory: true,
  },
  'access-support': { citation: '164.504(e)(2)(ii)(E)', says: 'makes PHI available for access', isMandatory: true },
  'amendment-support': {
    citation: '164.504(e)(2)(ii)(F)',
    says: 'makes PHI available for amendment, and amends',
    isMandatory: true,
  },
  'accounting-support': {
    citation: '164.504(e)(2)(ii)(G)',
    says: 'makes available what an accounting of disclosures needs',
    isMandatory: true,
  },
  'entity-duties': {
    citation: '164.504(e)(2)(ii)(H)',
    says: 'follows the Privacy Rule where it does a duty of the covered entity',
    isMandatory: true,
  },
  'books-open': { citation: '164.504(e)(2)(ii)(I)', says: 'books and practices open to HHS', isMandatory: true },
  'return-or-destroy': {
    citation: '164.504(e)(2)(ii)(J)',
    says: 'returns or destroys PHI at the end, or extends the protections',
    isMandatory: true,
  },
  'termination-right': {
    citation: '164.504(e)(2)(iii)',
    says: 'may be terminated for a material violation',
    isMandatory: true,
  },
  'ai-no-training': {
    citation: '164.504(e)(2)(i)',
    says: 'no model is trained on what is sent, but for a grant that is written out',
    isMandatory: true,
  },
  'ai-training-grant': {
    citation: '164.504(e)(2)(i)',
    says: 'which model may be trained on what, and for whom',
    isMandatory: false,
  },
  'ai-retention': {
    citation: '164.504(e)(2)(ii)(A)',
    says: 'nothing is logged, cached or kept beyond the days that are named',
    isMandatory: true,
  },
  'ai-human-review': { citation: '164.504(e)(2)(ii)(A)', says: 'whether people read what is sent', isMandatory: true },
  'ai-subprocessors': {
    citation: '164.504(e)(2)(ii)(D)',
    says: 'a list of subprocessors, bound alike, and notice before it changes',
    isMandatory: true,
  },
  'ai-incident-notice': {
    citation: '164.410(b)',
    says: 'notice of an incident within the days that are named, and help with it',
    isMandatory: true,
  },
  'ai-deletion': {
    citation: '164.504(e)(2)(ii)(J)',
    says: 'deletion reaches caches, logs, files and derived data',
    isMandatory: true,
  },
  'ai-region': { citation: '164.504(e)(2)(ii)(A)', says: 'where it is processed and kept', isMandatory: true },
} as const satisfies Readonly<Record<string, ClauseRule>>

export type ClauseId = keyof typeof CLAUSES

const IDS = Object.keys(CLAUSES) as [ClauseId, ...ClauseId[]]
export const clauseIdSchema = z.enum(IDS)

/** Clauses that must stand in a contract before it may become active; a grant of training must be written out where it is made. */
export function listMandatoryClauses({ allowsTraining }: { readonly allowsTraining: boolean }): readonly ClauseId[] {
  return IDS.filter((id) => CLAUSES[id].isMandatory || (allowsTraining && id === 'ai-training-grant'))
}
