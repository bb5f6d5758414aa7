import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'
import { AlertList } from '../ui/alert-list.tsx'
import { Empty } from '../ui/empty.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { Sheet } from '../ui/sheet.tsx'

/** What is open, what is due, what is blocked and why. */
export function HomePage(): React.JSX.Element {
  const { person, permits } = useSession()
  const mayApprove = permits('approveAccess')
  return (
    <Page title="What needs you" lead={describePerson(person.roles)}>
      {mayApprove && <AlertList title="Alerts" />}
      {mayApprove && <OpenRequests />}
      {mayApprove && <DueReviews />}
      {permits('recertify') && <DueRecertifications />}
      {!mayApprove && permits('requestAccess') && <OwnRequests />}
    </Page>
  )
}

function describePerson(roles: readonly string[]): string {
  return roles.length === 0 ? 'You have no role.' : `You are here as ${roles.join(', ').replaceAll('-', ' ')}.`
}

function OpenRequests(): React.JSX.Element {
  const { nameOf } = useSession()
  const requests = useRead('listAccessRequests')
  return (
    <Sheet title="Access requests">
      <Loaded of={requests}>
        {({ requests: all }) => (
          <Waiting
            none="Nobody is waiting for access."
            rows={all
              .filter(({ state }) => state === 'waiting')
              .map(({ id, beneficiary, roles, purposes, lapsesAt }) => ({
                id,
                what: (
                  <Link to="/requests">
                    {nameOf(beneficiary)} asks for {[...roles, ...purposes].join(', ')}
                  </Link>
                ),
                when: (
                  <>
                    lapses <Moment at={lapsesAt} />
                  </>
                ),
              }))}
          />
        )}
      </Loaded>
    </Sheet>
  )
}

function DueReviews(): React.JSX.Element {
  const { nameOf } = useSession()
  const breakGlass = useRead('listBreakGlass')
  return (
    <Sheet title="Break-glass to review">
      <Loaded of={breakGlass}>
        {({ breakGlass: all }) => (
          <Waiting
            none="Nothing to review."
            rows={all
              .filter(({ reviewedAt }) => reviewedAt === undefined)
              .map(({ id, principal, openedAt, reviewDueAt, isReviewOverdue }) => ({
                id,
                what: (
                  <Link to="/break-glass">
                    {nameOf(principal)} broke the glass <Moment at={openedAt} />
                  </Link>
                ),
                when: (
                  <>
                    {isReviewOverdue ? 'was due' : 'due'} <Moment at={reviewDueAt} />
                  </>
                ),
                isLate: isReviewOverdue,
              }))}
          />
        )}
      </Loaded>
    </Sheet>
  )
}

function DueRecertifications(): React.JSX.Element {
  const campaigns = useRead('listRecertifications')
  return (
    <Sheet title="Recertification">
      <Loaded of={campaigns}>
        {({ recertifications }) => (
          <Waiting
            none="Nothing to answer."
            rows={recertifications
              .filter(({ closedAt, counts }) => closedAt === undefined && counts.waiting > 0)
              .map(({ id, dueAt, counts }) => ({
                id,
                what: <Link to="/recertification">{counts.waiting} to answer</Link>,
                when: (
                  <>
                    unanswered is revoked <Moment at={dueAt} />
                  </>
                ),
              }))}
          />
        )}
      </Loaded>
    </Sheet>
  )
}

function OwnRequests(): React.JSX.Element {
  const requests = useRead('listOwnAccessRequests')
  return (
    <Sheet title="Your requests">
      <Loaded of={requests}>
        {({ requests: all }) => (
          <Waiting
            none="You have asked for nothing."
            rows={all.map(({ id, roles, purposes, state, requestedAt }) => ({
              id,
              what: (
                <Link to="/requests">
                  {[...roles, ...purposes].join(', ')}: {state}
                </Link>
              ),
              when: <Moment at={requestedAt} />,
            }))}
          />
        )}
      </Loaded>
    </Sheet>
  )
}

interface WaitingProps {
  readonly none: string
  readonly rows: readonly {
    readonly id: string
    readonly what: ReactNode
    readonly when: ReactNode
    readonly isLate?: boolean
  }[]
}

function Waiting({ none, rows }: WaitingProps): React.JSX.Element {
  if (rows.length === 0) return <Empty>{none}</Empty>
  return (
    <ul className="bw-list">
      {rows.map(({ id, what, when, isLate = false }) => (
        <li key={id} className="bw-row">
          <span>{what}</span>
          <span className={isLate ? 'bw-late' : 'bw-dim'}>{when}</span>
        </li>
      ))}
    </ul>
  )
}
