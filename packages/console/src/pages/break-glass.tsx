import type { BreakGlassRecord } from '@breakwater/contract'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { OpenBreakGlass } from '../forms/open-break-glass.tsx'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Due, Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Tag } from '../ui/tag.tsx'
import { toWords } from '../ui/words.ts'

/** Emergency access, confirmed or reviewed by a second person: 45 CFR 164.312(a)(2)(ii). */
export function BreakGlassPage(): React.JSX.Element {
  const { permits } = useSession()
  return (
    <Page
      title="Break-glass"
      lead="Emergency access. Each one is confirmed by a second person, or reviewed by its due date."
    >
      {permits('breakGlass') && <OpenBreakGlass />}
      {permits('approveAccess') && <Answers />}
    </Page>
  )
}

function Answers(): React.JSX.Element {
  const breakGlass = useRead('listBreakGlass')
  const confirm = useAct('confirmBreakGlass')
  const review = useAct('reviewBreakGlass')
  const { person, nameOf } = useSession()
  const error = confirm.error ?? review.error
  const isBusy = confirm.isPending || review.isPending
  const answer = (row: BreakGlassRecord): React.JSX.Element | undefined => {
    if (row.principal === person.id) return <span className="bw-dim">Yours: somebody else answers it.</span>
    const parameters = { id: row.id }
    const about = `break-glass of ${nameOf(row.principal)}`
    if (row.state === 'to confirm') {
      return (
        <ActButton about={about} isBusy={isBusy} isMain onAct={() => confirm.mutate({ parameters })}>
          Confirm
        </ActButton>
      )
    }
    if (row.state === 'open') return <span className="bw-dim">Reviewed once it has ended.</span>
    return (
      <div className="bw-actions">
        <ActButton
          about={about}
          isBusy={isBusy}
          onAct={() => review.mutate({ parameters, body: { finding: 'justified' } })}
        >
          Justified
        </ActButton>
        <ActButton
          about={about}
          isBusy={isBusy}
          onAct={() => review.mutate({ parameters, body: { finding: 'not-justified' } })}
        >
          Not justified
        </ActButton>
      </div>
    )
  }
  return (
    <>
      {error && <Problem error={error} />}
      <Loaded of={breakGlass}>
        {({ breakGlass: all }) => {
          const open = all.filter(({ reviewedAt }) => reviewedAt === undefined)
          const done = all.filter(({ reviewedAt }) => reviewedAt !== undefined)
          return (
            <>
              <Sheet title="To answer">
                {open.length === 0 && <Empty>Nobody broke the glass since the last review.</Empty>}
                <ul className="bw-list">
                  {open.map((row) => (
                    <li key={row.id} className="bw-row">
                      <BreakGlass row={row} />
                      {answer(row)}
                    </li>
                  ))}
                </ul>
              </Sheet>
              {done.length > 0 && (
                <Sheet title="Reviewed">
                  <ul className="bw-list">
                    {done.map((row) => (
                      <li key={row.id}>
                        <BreakGlass row={row} />
                      </li>
                    ))}
                  </ul>
                </Sheet>
              )}
            </>
          )
        }}
      </Loaded>
    </>
  )
}

function BreakGlass({ row }: { readonly row: BreakGlassRecord }): React.JSX.Element {
  const { nameOf } = useSession()
  const { principal, reason, justification, state, openedAt, endsAt, isReviewOverdue, reviewDueAt } = row
  return (
    <div>
      <strong>{nameOf(principal)}</strong>: {toWords(reason)} {state === 'open' && <Tag tone="warn">Open now</Tag>}{' '}
      {isReviewOverdue && <Tag tone="stop">Overdue</Tag>}
      <Facts
        of={{
          Why: justification,
          Opened: (
            <>
              <Moment at={openedAt} />, until <Due at={endsAt} />
            </>
          ),
          'Confirmed by': row.confirmedBy && nameOf(row.confirmedBy),
          'Review due': row.reviewedAt === undefined ? <Due at={reviewDueAt} /> : undefined,
          Found: row.finding && `${toWords(row.finding)}, by ${nameOf(row.reviewedBy ?? 'unknown')}`,
        }}
      />
    </div>
  )
}
