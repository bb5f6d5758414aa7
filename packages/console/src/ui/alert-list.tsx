import type { AlertRecord } from '@breakwater/contract'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'
import { ActButton } from './act-button.tsx'
import { Empty } from './empty.tsx'
import { Loaded } from './loaded.tsx'
import { Moment } from './moment.tsx'
import { Problem } from './problem.tsx'
import { Sheet } from './sheet.tsx'
import { ALERTS } from './words.ts'

interface AlertListProps {
  readonly title: string
  /** Left out: all kinds. */
  readonly kinds?: readonly AlertRecord['kind'][]
  /** Said when there are none; left out: nothing is shown then. */
  readonly none?: string
}

/** Alerts that nobody has acknowledged yet. */
export function AlertList({ title, kinds, none }: AlertListProps): React.JSX.Element {
  const { nameOf } = useSession()
  const alerts = useRead('listAlerts')
  const acknowledge = useAct('acknowledgeAlert')
  return (
    <Loaded of={alerts}>
      {({ alerts: all }) => {
        const open = all.filter(
          ({ acknowledgedAt, kind }) => acknowledgedAt === undefined && (kinds?.includes(kind) ?? true),
        )
        if (open.length === 0 && none === undefined) return undefined
        return (
          <Sheet title={title}>
            {acknowledge.error && <Problem error={acknowledge.error} />}
            {open.length === 0 && none !== undefined && <Empty>{none}</Empty>}
            <ul className="bw-list">
              {open.map(({ id, kind, subject, principal, source, raisedAt }) => (
                <li key={id} className="bw-row">
                  <span>
                    <strong>{ALERTS[kind]}</strong> {subject !== undefined && <>{subject} </>}
                    {principal !== undefined && <>{nameOf(principal)} </>}
                    {source !== undefined && <>from {source} </>}
                    <Moment at={raisedAt} />
                  </span>
                  <ActButton
                    about={ALERTS[kind]}
                    isBusy={acknowledge.isPending}
                    onAct={() => acknowledge.mutate({ parameters: { id } })}
                  >
                    Acknowledge
                  </ActButton>
                </li>
              ))}
            </ul>
          </Sheet>
        )
      }}
    </Loaded>
  )
}
