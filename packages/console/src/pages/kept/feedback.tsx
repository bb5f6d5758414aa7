import type { FeedbackRecord, KeptRuleRecord } from '@breakwater/contract'
import { useAsk } from '../../api/use-ask.ts'
import { useSession } from '../../session/session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Tag } from '../../ui/tag.tsx'
import { toWords } from '../../ui/words.ts'

/** What callers think of answers, the newest first; read when somebody asks for it, because reading is recorded. */
export function Feedback({ rule }: { readonly rule: KeptRuleRecord | undefined }): React.JSX.Element {
  const list = useAsk('listFeedback')
  return (
    <Sheet title="Feedback">
      {list.error && <Problem error={list.error} />}
      {rule ? (
        <ActButton
          about="what callers think of answers"
          isBusy={list.isPending}
          onAct={() => list.mutate({ query: { purpose: rule.purpose, limit: 100 } })}
        >
          {list.data ? 'Read again' : 'Show'}
        </ActButton>
      ) : (
        <Empty>No feedback is kept.</Empty>
      )}
      {list.data?.feedback.length === 0 && <Empty>Nobody has given any yet.</Empty>}
      {list.data && list.data.feedback.length > 0 && (
        <>
          <Reasons of={list.data.feedback} />
          <ul className="bw-list">
            {list.data.feedback.map((row) => (
              <li key={row.id}>
                <One of={row} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Sheet>
  )
}

/** How often which reason was given. */
function Reasons({ of: rows }: { readonly of: readonly FeedbackRecord[] }): React.JSX.Element {
  const counts = [...Map.groupBy(rows, ({ reasonCode }) => reasonCode)].toSorted(([, a], [, b]) => b.length - a.length)
  return (
    <p>
      {counts.map(([reason, all]) => (
        <span key={reason} className="bw-chip">
          {toWords(reason)} {all.length}
        </span>
      ))}
    </p>
  )
}

function One({ of: { rating, reasonCode, principal, comment, hasComment, keptAt } }: { readonly of: FeedbackRecord }) {
  const { nameOf } = useSession()
  return (
    <div>
      <Tag tone={rating === 'up' ? 'good' : 'stop'}>{rating === 'up' ? 'Good' : 'Bad'}</Tag> {toWords(reasonCode)}{' '}
      <span className="bw-dim">
        {nameOf(principal)}, <Moment at={keptAt} />
      </span>
      {comment !== undefined && <p className="bw-quote">{comment}</p>}
      {hasComment && comment === undefined && (
        <Empty>Its comment cannot be read any more: the keys were shredded.</Empty>
      )}
    </div>
  )
}
