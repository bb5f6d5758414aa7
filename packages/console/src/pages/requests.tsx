import type { AccessRequestRecord } from '@breakwater/contract'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { AskForAccess } from '../forms/ask-for-access.tsx'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Due, Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { formatSeconds, toWords } from '../ui/words.ts'

export function RequestsPage(): React.JSX.Element {
  const { permits } = useSession()
  return (
    <Page
      title="Access"
      lead="Roles and purposes for a time. Nobody approves what they asked for or would profit from."
    >
      {permits('approveAccess') && <ToAnswer />}
      {permits('approveAccess') && <Grants />}
      {permits('requestAccess') && <Own />}
      {permits('requestAccess') && <AskForAccess />}
    </Page>
  )
}

function ToAnswer(): React.JSX.Element {
  const { person, nameOf } = useSession()
  const requests = useRead('listAccessRequests')
  const approve = useAct('approveAccessRequest')
  const deny = useAct('denyAccessRequest')
  const error = approve.error ?? deny.error
  const isBusy = approve.isPending || deny.isPending
  return (
    <Sheet title="To answer">
      {error && <Problem error={error} />}
      <Loaded of={requests}>
        {({ requests: all }) => {
          const waiting = all.filter(({ state }) => state === 'waiting')
          if (waiting.length === 0) return <Empty>Nobody is waiting for access.</Empty>
          return (
            <ul className="bw-list">
              {waiting.map((request) => {
                const parameters = { id: request.id }
                const about = `${nameOf(request.beneficiary)}, ${describeWanted(request)}`
                const isOwn = [request.requestedBy, request.beneficiary].includes(person.id)
                return (
                  <li key={request.id} className="bw-row">
                    <Request request={request} />
                    {isOwn ? (
                      <span className="bw-dim">Yours: somebody else answers it.</span>
                    ) : (
                      <div className="bw-actions">
                        <ActButton about={about} isBusy={isBusy} isMain onAct={() => approve.mutate({ parameters })}>
                          Approve
                        </ActButton>
                        <ActButton about={about} isBusy={isBusy} onAct={() => deny.mutate({ parameters })}>
                          Deny
                        </ActButton>
                      </div>
                    )}
                  </li>
                )
              })}
            </ul>
          )
        }}
      </Loaded>
    </Sheet>
  )
}

function Grants(): React.JSX.Element {
  const { nameOf } = useSession()
  const grants = useRead('listGrants')
  const end = useAct('endGrant')
  return (
    <Sheet title="In force">
      {end.error && <Problem error={end.error} />}
      <Loaded of={grants}>
        {({ grants: all }) => {
          const current = all.filter(({ state }) => state !== 'ended')
          if (current.length === 0) return <Empty>No access for a time is in force.</Empty>
          return (
            <ul className="bw-list">
              {current.map(({ id, principal, roles, purposes, validFrom, validUntil, givenBy, state }) => (
                <li key={id} className="bw-row">
                  <div>
                    <strong>{nameOf(principal)}</strong>: {[...roles, ...purposes].map(toWords).join(', ')}
                    <Facts
                      of={{
                        From: state === 'to come' ? <Due at={validFrom} /> : undefined,
                        Until: (
                          <>
                            <Due at={validUntil} /> (<Moment at={validUntil} />)
                          </>
                        ),
                        'Approved by': nameOf(givenBy),
                      }}
                    />
                  </div>
                  <ActButton
                    about={`access of ${nameOf(principal)}`}
                    isBusy={end.isPending}
                    onAct={() => end.mutate({ parameters: { id } })}
                  >
                    End
                  </ActButton>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Sheet>
  )
}

function Own(): React.JSX.Element {
  const requests = useRead('listOwnAccessRequests')
  const withdraw = useAct('withdrawAccessRequest')
  return (
    <Sheet title="Yours">
      {withdraw.error && <Problem error={withdraw.error} />}
      <Loaded of={requests}>
        {({ requests: all }) =>
          all.length === 0 ? (
            <Empty>You have asked for nothing.</Empty>
          ) : (
            <ul className="bw-list">
              {all.map((request) => (
                <li key={request.id} className="bw-row">
                  <Request request={request} />
                  {request.state === 'waiting' && (
                    <ActButton
                      about={describeWanted(request)}
                      isBusy={withdraw.isPending}
                      onAct={() => withdraw.mutate({ parameters: { id: request.id } })}
                    >
                      Withdraw
                    </ActButton>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Sheet>
  )
}

function Request({ request }: { readonly request: AccessRequestRecord }): React.JSX.Element {
  const { nameOf } = useSession()
  const { beneficiary, requestedBy, requestedAt, seconds, reason, justification, kind, state, lapsesAt } = request
  return (
    <div>
      <strong>{nameOf(beneficiary)}</strong>: {describeWanted(request)}, for {formatSeconds(seconds)}
      <Facts
        of={{
          Why: `${toWords(reason)}: ${justification}`,
          Asked: (
            <>
              <Moment at={requestedAt} />
              {requestedBy !== beneficiary && ` by ${nameOf(requestedBy)}`}
            </>
          ),
          Exception: kind === 'exception' ? 'beyond the limit of its role; it enters the risk register' : undefined,
          State: state === 'waiting' ? undefined : state,
          Lapses: state === 'waiting' ? <Moment at={lapsesAt} /> : undefined,
        }}
      />
    </div>
  )
}

function describeWanted({ roles, purposes }: AccessRequestRecord): string {
  return [...roles, ...purposes].map(toWords).join(', ')
}
