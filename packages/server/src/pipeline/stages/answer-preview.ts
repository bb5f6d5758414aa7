import { listObligations } from '../../features/policy/index.ts'
import type { Stage } from '../chain.ts'
import type { PreviewRecorded } from '../context.ts'

/** What would leave and why it may. Holds nothing that the caller did not send. */
export const answerPreview: Stage<PreviewRecorded, Response> = (context) => {
  const { decision, agreement, purpose, provider, maskedBody, maskCounts, restorable, previewIndex, minimum } = context
  const preview = {
    decision: 'allow',
    purpose,
    provider: provider.id,
    policies: decision.policies,
    policySet: decision.setSha256,
    agreement,
    mayRestore: restorable.size > 0,
    restorable: [...restorable].sort(),
    obligations: listObligations(decision.obligations),
    counts: Object.fromEntries(maskCounts),
    ...(minimum && { minimum: describeTrimmed(minimum) }),
  }
  // The masked body as it would leave, not as a parser would print it again.
  return new Response(`${JSON.stringify(preview).slice(0, -1)},"body":${maskedBody}}`, {
    headers: { 'content-type': 'application/json', 'breakwater-receipt': `preview=${previewIndex}` },
  })
}

/** What may not leave, by its places and how often: no value is repeated. */
function describeTrimmed({ policies, trimmed }: NonNullable<PreviewRecorded['minimum']>): object {
  const { fields, records, byType, paths } = trimmed
  return {
    policies,
    fields,
    records,
    recordsByType: Object.fromEntries(byType),
    paths: [...paths].map(([path, count]) => ({ path, count })),
  }
}
