import type { PolicyExplanation } from '@breakwater/contract'
import { useRef } from 'react'
import { useAct } from '../api/use-act.ts'
import { AskPolicy } from '../forms/ask-policy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { toWords } from '../ui/words.ts'

/** What the active policy set would decide, and why; nothing is done, and nothing is decided for anybody. */
export function ExplainPage(): React.JSX.Element {
  const explain = useAct('explainPolicy')
  const result = useRef<HTMLDivElement>(null)
  const show = (): void => result.current?.scrollIntoView({ block: 'nearest' })
  return (
    <Page title="Explain" lead="What the active policies would decide, and which of them. Asking changes nothing.">
      <AskPolicy
        isBusy={explain.isPending}
        onAsk={(body) => explain.mutate({ body }, { onSuccess: () => setTimeout(show) })}
      />
      {explain.error && <Problem error={explain.error} />}
      <div ref={result} role="status">
        {explain.data && <Explanation of={explain.data} />}
      </div>
    </Page>
  )
}

function Explanation({ of: explanation }: { readonly of: PolicyExplanation }): React.JSX.Element {
  const { isAllowed, policies, obligations, dataClass, nearMisses, policySet } = explanation
  return (
    <Sheet title={isAllowed ? 'Allowed' : 'Refused'}>
      <div className="bw-verdict" data-tone={isAllowed ? 'good' : 'stop'}>
        {describeVerdict(explanation)}
      </div>
      <Facts
        of={{
          'Decided by': policies.length > 0 && <Codes of={policies} />,
          'Bound to': obligations.length > 0 && <Codes of={obligations} />,
          'Data class': toWords(dataClass),
          'Policy set': <span className="bw-code">{policySet.slice(0, SHOWN_CHARS)}</span>,
        }}
      />
      {nearMisses.length > 0 && (
        <>
          <h3 className="bw-subtitle">What would have permitted it</h3>
          <ul className="bw-list">
            {nearMisses.map(({ policy, missing }) => (
              <li key={policy}>
                <span className="bw-code">{policy}</span>
                <ul className="bw-missing">
                  {missing.map((condition) => (
                    <li key={condition} className="bw-code">
                      {condition}
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </>
      )}
    </Sheet>
  )
}

const SHOWN_CHARS = 12
const DEFAULT_DENY = 'default-deny'

function describeVerdict({ isAllowed, policies, obligations }: PolicyExplanation): string {
  if (isAllowed)
    return obligations.length > 0 ? 'Permitted, and bound to what stands below.' : 'Permitted as it was asked.'
  return policies.includes(DEFAULT_DENY) ? 'No policy permits it, so it is refused.' : 'A policy forbids it.'
}

function Codes({ of: codes }: { readonly of: readonly string[] }): React.JSX.Element {
  return (
    <>
      {codes.map((code) => (
        <span key={code} className="bw-code bw-chip">
          {code}
        </span>
      ))}
    </>
  )
}
