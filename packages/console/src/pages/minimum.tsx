import type { MinimumPolicyInput, MinimumPolicyRecord } from '@breakwater/contract'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { PutMinimum } from '../forms/put-minimum.tsx'
import { TryMinimum } from '../forms/try-minimum.tsx'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { MinimumRuleList } from '../ui/minimum-rule-list.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Tag } from '../ui/tag.tsx'
import { capitalise, namePurpose, toWords } from '../ui/words.ts'

const STATES: Readonly<Record<MinimumPolicyRecord['state'], 'plain' | 'good'>> = {
  active: 'good',
  off: 'plain',
  replaced: 'plain',
  ended: 'plain',
}

/** How much of records leaves, by role and purpose: 45 CFR 164.502(b), 164.514(d). */
export function MinimumPage(): React.JSX.Element {
  const policies = useRead('listMinimumPolicies')
  const starters = useRead('listMinimumStarters')
  const { permits } = useSession()
  return (
    <Page
      title="Minimum necessary"
      lead="Fields, time and number of records that may leave, by role and purpose. The rest is cut off before masking."
    >
      <Loaded of={policies}>
        {({ policies: all }) => (
          <>
            <Policies of={all} />
            <Loaded of={starters}>
              {({ starters: shipped }) => (
                <>
                  <TryMinimum candidates={listCandidates(all, shipped)} />
                  {permits('draftPolicy') && <Starters of={shipped} />}
                </>
              )}
            </Loaded>
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** What rules can be tried: the newest version of each policy, then what is shipped. */
function listCandidates(
  policies: readonly MinimumPolicyRecord[],
  starters: Readonly<Record<string, MinimumPolicyInput>>,
): readonly { readonly name: string; readonly rules: MinimumPolicyInput['rules'] }[] {
  const newest = [...Map.groupBy(policies, ({ id }) => id).values()].flatMap(([first]) => first ?? [])
  return [
    ...newest.map(({ id, version, state, rules }) => ({ name: `${id}, version ${version} (${state})`, rules })),
    ...Object.entries(starters).map(([name, { rules }]) => ({ name: `shipped: ${name}`, rules })),
  ]
}

function Policies({ of: all }: { readonly of: readonly MinimumPolicyRecord[] }): React.JSX.Element {
  const activate = useAct('activateMinimumPolicy')
  const end = useAct('endMinimumPolicy')
  const { permits } = useSession()
  const mayDecide = permits('approvePolicy')
  const error = activate.error ?? end.error
  const current = all.filter(({ state }) => state === 'active' || state === 'off')
  const past = all.length - current.length
  return (
    <Sheet title="Policies">
      {error && <Problem error={error} />}
      {current.length === 0 && <Empty>No policy: records leave as they come, de-identified.</Empty>}
      <ul className="bw-list">
        {current.map((policy) => {
          const parameters = { id: policy.id }
          return (
            <li key={`${policy.id} ${policy.version}`} className="bw-stack">
              <div className="bw-row">
                <Policy of={policy} />
                {mayDecide &&
                  (policy.state === 'off' ? (
                    <ActButton
                      about={`${policy.id}, version ${policy.version}`}
                      isMain
                      isBusy={activate.isPending}
                      onAct={() => activate.mutate({ parameters })}
                    >
                      Activate
                    </ActButton>
                  ) : (
                    <ActButton
                      about={policy.id}
                      confirm="It cuts nothing off any more."
                      isBusy={end.isPending}
                      onAct={() => end.mutate({ parameters })}
                    >
                      End
                    </ActButton>
                  ))}
              </div>
              <MinimumRuleList rules={policy.rules} />
            </li>
          )
        })}
      </ul>
      {past > 0 && <p className="bw-dim">{past} earlier versions were replaced or ended.</p>}
    </Sheet>
  )
}

function Policy({ of: { id, version, state, ...policy } }: { readonly of: MinimumPolicyRecord }): React.JSX.Element {
  return (
    <div>
      <strong>{id}</strong> <span className="bw-dim">version {version}</span>{' '}
      <Tag tone={STATES[state]}>{state === 'off' ? 'Not in force' : 'In force'}</Tag>
      <Scope of={policy} />
    </div>
  )
}

function Scope({ of: { roles, purposes, endpoints, models } }: { readonly of: Omit<MinimumPolicyInput, 'rules'> }) {
  return (
    <Facts
      of={{
        Roles: roles.map(toWords).join(', '),
        Purposes: purposes.map(namePurpose).join(', '),
        Endpoints: endpoints?.join(', '),
        Models: models?.join(', '),
      }}
    />
  )
}

function Starters({ of: starters }: { readonly of: Readonly<Record<string, MinimumPolicyInput>> }): React.JSX.Element {
  const [chosen, setChosen] = useState<string>()
  return (
    <Sheet title="To begin with">
      <p className="bw-dim">Shipped policies. One that is taken over is not in force before it is activated.</p>
      <ul className="bw-list">
        {Object.entries(starters).map(([name, starter]) => (
          <li key={name} className="bw-stack">
            <div className="bw-row">
              <div>
                <strong>{capitalise(name)}</strong>
                <Scope of={starter} />
              </div>
              {chosen !== name && (
                <ActButton about={name} onAct={() => setChosen(name)}>
                  Take over
                </ActButton>
              )}
            </div>
            <MinimumRuleList rules={starter.rules} />
            {chosen === name && <PutMinimum name={name} starter={starter} onDone={() => setChosen(undefined)} />}
          </li>
        ))}
      </ul>
    </Sheet>
  )
}
