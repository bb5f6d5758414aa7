import type { KeptKind, KeptRuleRecord } from '@breakwater/contract'
import { KEPT_KINDS } from '@breakwater/contract'
import { useAct } from '../../api/use-act.ts'
import { KeepForm } from '../../forms/keep.tsx'
import { useSession } from '../../session/session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Tag } from '../../ui/tag.tsx'
import { namePurpose, toWords } from '../../ui/words.ts'
import { KEPT_WORDS } from './words.ts'

/** Each kind by itself: on or off, what then is kept, and who may read it. */
export function KeptRules({ rules }: { readonly rules: readonly KeptRuleRecord[] }): React.JSX.Element {
  const { permits } = useSession()
  const mayManage = permits('manageKept')
  const end = useAct('endKeptRule')
  return (
    <Sheet title="Switches">
      {end.error && <Problem error={end.error} />}
      <ul className="bw-list">
        {KEPT_KINDS.map((kind) => {
          const rule = rules.find((each) => each.kind === kind)
          return (
            <li key={kind} className="bw-stack">
              <div className="bw-row">
                <Kind kind={kind} rule={rule} />
                {rule && mayManage && (
                  <ActButton
                    about={KEPT_WORDS[kind].title}
                    confirm={`${rule.count} kept: all of it is deleted.`}
                    isBusy={end.isPending}
                    onAct={() => end.mutate({ parameters: { kind } })}
                  >
                    Switch off and delete
                  </ActButton>
                )}
              </div>
              {mayManage && <KeepForm key={rule ? 'on' : 'off'} kind={kind} rule={rule} />}
            </li>
          )
        })}
      </ul>
    </Sheet>
  )
}

interface KindProps {
  readonly kind: KeptKind
  readonly rule: KeptRuleRecord | undefined
}

function Kind({ kind, rule }: KindProps): React.JSX.Element {
  const { nameOf } = useSession()
  const { title, what } = KEPT_WORDS[kind]
  return (
    <div>
      <strong>{title}</strong> {rule ? <Tag tone="warn">Kept</Tag> : <Tag>Off</Tag>}
      <p className="bw-dim">{what}</p>
      {rule && (
        <Facts
          of={{
            Purpose: namePurpose(rule.purpose),
            For: `${rule.retentionDays} days`,
            Reason: toWords(rule.reason),
            Form: rule.keepsRestored ? 'masked, and with the values that were masked' : 'masked',
            Kept: rule.count,
            'Switched on': (
              <>
                <Moment at={rule.putAt} /> by {nameOf(rule.putBy)}
              </>
            ),
          }}
        />
      )}
    </div>
  )
}
