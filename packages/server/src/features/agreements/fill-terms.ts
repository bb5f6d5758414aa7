import type { AgreementDraft, Agreement } from './types.ts'

type Filled = Omit<Agreement, 'tenant' | 'version' | 'activatedAt' | 'activatedBy' | 'terminatedAt'>

/** What a draft leaves out is the narrowest of its kind; what is one's own keeps what one keeps. */
export function fillTerms({ isDraft: _isDraft, ...draft }: AgreementDraft): Filled {
  const isOwn = draft.kind === 'internal'
  const maxRetentionDays = draft.maxRetentionDays ?? (isOwn ? undefined : 0)
  return {
    ...draft,
    hosts: draft.hosts ?? [],
    features: draft.features ?? [],
    regions: draft.regions ?? ['*'],
    ...(maxRetentionDays !== undefined && { maxRetentionDays }),
    allowsHumanReview: draft.allowsHumanReview ?? false,
    allowsTraining: draft.allowsTraining ?? false,
    conditions: draft.conditions ?? [],
    parties: draft.parties ?? {},
    chain: draft.chain ?? [],
    clauses: draft.clauses ?? [],
  }
}
