import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'
import { Moment } from '../ui/moment.tsx'

/** What holds for everything one does here, on every page. */
export function Banners(): React.JSX.Element {
  const { isSingleControl, permits } = useSession()
  const freezes = useRead('listFreezes', undefined, { isEnabled: permits('freeze') })
  const inForce = freezes.data?.freezes.filter(({ state }) => state !== 'lifted') ?? []
  return (
    <>
      {inForce.map(({ id, target, reason, frozenBy, frozenAt, state }) => (
        <div key={id} className="bw-banner" data-tone="stop" role="status">
          <strong>
            Nothing leaves {target.scope === 'provider' ? `to ${target.provider}` : WHERE[target.scope]}.
          </strong>{' '}
          Frozen by {frozenBy} <Moment at={frozenAt} /> ({reason}).{' '}
          {state === 'lift proposed' ? 'A second person can lift it.' : 'Two people lift it.'}
        </div>
      ))}
      {isSingleControl && (
        <div className="bw-banner" role="status">
          <strong>Only one administrator.</strong> What is changed now is marked single-control in the ledger. Invite a
          second administrator; production does not start without.
        </div>
      )}
    </>
  )
}

const WHERE = { all: 'this installation', tenant: 'this tenant' } as const
