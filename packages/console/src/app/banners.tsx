import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'
import { Moment } from '../ui/moment.tsx'
import { describeStop, toWords } from '../ui/words.ts'

/** What holds for everything one does here, on every page. */
export function Banners(): React.JSX.Element {
  const { isSingleControl, permits, nameOf } = useSession()
  const freezes = useRead('listFreezes', undefined, { isEnabled: permits('freeze') })
  const inForce = freezes.data?.freezes.filter(({ state }) => state !== 'lifted') ?? []
  return (
    <div className="bw-banners">
      {inForce.map(({ id, target, reason, frozenBy, frozenAt, state }) => (
        <div key={id} className="bw-banner" data-tone="stop" role="status">
          <strong>{describeStop(target)}.</strong> Frozen by {nameOf(frozenBy)} <Moment at={frozenAt} /> (
          {toWords(reason)}). {state === 'lift proposed' ? 'A second person can lift it.' : 'Two people lift it.'}
        </div>
      ))}
      {isSingleControl && (
        <div className="bw-banner" role="status">
          <strong>Only one administrator.</strong> What is changed now is marked single-control in the ledger. Invite a
          second administrator; production does not start without.
        </div>
      )}
    </div>
  )
}
