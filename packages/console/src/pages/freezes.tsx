import type { FreezeRecord } from '@breakwater/contract'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { Freeze } from '../forms/freeze.tsx'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Tag } from '../ui/tag.tsx'
import { describeStop, toWords } from '../ui/words.ts'

/** Stops what leaves, at once and on every replica; two people lift it. */
export function FreezesPage(): React.JSX.Element {
  const freezes = useRead('listFreezes')
  return (
    <Page title="Freeze" lead="One person stops what leaves, on every replica. Two people let it go again.">
      <Loaded of={freezes}>
        {({ freezes: all }) => {
          const inForce = all.filter(({ state }) => state !== 'lifted')
          const lifted = all.filter(({ state }) => state === 'lifted')
          return (
            <>
              <Sheet title="In force">
                {inForce.length === 0 && <Empty>Nothing is frozen.</Empty>}
                <List of={inForce} />
              </Sheet>
              <Freeze />
              {lifted.length > 0 && (
                <Sheet title="Lifted">
                  <List of={lifted} />
                </Sheet>
              )}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

function List({ of: freezes }: { readonly of: readonly FreezeRecord[] }): React.JSX.Element {
  const propose = useAct('proposeUnfreeze')
  const lift = useAct('unfreeze')
  const { nameOf } = useSession()
  const error = propose.error ?? lift.error
  return (
    <>
      {error && <Problem error={error} />}
      <ul className="bw-list">
        {freezes.map((freeze) => (
          <li key={freeze.id} className="bw-row">
            <div>
              <strong>{describeStop(freeze.target)}</strong>{' '}
              {freeze.state === 'lift proposed' && <Tag tone="warn">Lift proposed</Tag>}
              <Facts
                of={{
                  Why: toWords(freeze.reason),
                  Frozen: (
                    <>
                      <Moment at={freeze.frozenAt} /> by {nameOf(freeze.frozenBy)}
                    </>
                  ),
                  'Lift proposed by': freeze.liftProposedBy && nameOf(freeze.liftProposedBy),
                  'Lifted by': freeze.liftedBy && nameOf(freeze.liftedBy),
                }}
              />
            </div>
            <Lift
              of={freeze}
              isBusy={propose.isPending || lift.isPending}
              onPropose={() => propose.mutate({ parameters: { id: freeze.id } })}
              onLift={() => lift.mutate({ parameters: { id: freeze.id } })}
            />
          </li>
        ))}
      </ul>
    </>
  )
}

interface LiftProps {
  readonly of: FreezeRecord
  readonly isBusy: boolean
  readonly onPropose: () => void
  readonly onLift: () => void
}

/** The first of two proposes, the second lifts. */
function Lift({ of: freeze, isBusy, onPropose, onLift }: LiftProps): React.JSX.Element | undefined {
  const { permits, person } = useSession()
  const about = describeStop(freeze.target)
  if (freeze.state === 'lifted') return undefined
  if (!permits('unfreeze')) return <span className="bw-dim">Others lift it.</span>
  if (freeze.state === 'frozen') {
    return (
      <ActButton about={about} isBusy={isBusy} onAct={onPropose}>
        Propose to lift
      </ActButton>
    )
  }
  if (freeze.liftProposedBy === person.id)
    return <span className="bw-dim">You proposed it: somebody else lifts it.</span>
  return (
    <ActButton about={about} confirm="It leaves again at once." isBusy={isBusy} onAct={onLift}>
      Lift
    </ActButton>
  )
}
