import type { RecertificationItem, RecertificationRecord } from '@breakwater/contract'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { StartRecertification } from '../forms/start-recertification.tsx'
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
import { capitalise, toWords } from '../ui/words.ts'

/** Access is looked at again from time to time: 45 CFR 164.308(a)(4)(ii)(C). */
export function RecertificationPage(): React.JSX.Element {
  const campaigns = useRead('listRecertifications')
  return (
    <Page title="Recertification" lead="Say what is still needed. What nobody kept is revoked on the due date.">
      <Loaded of={campaigns}>
        {({ recertifications }) => {
          const open = recertifications.filter(({ closedAt }) => closedAt === undefined)
          const closed = recertifications.filter(({ closedAt }) => closedAt !== undefined)
          return (
            <>
              {open.length === 0 && <Empty>No campaign is under way.</Empty>}
              {open.map((campaign) => (
                <Campaign key={campaign.id} campaign={campaign} />
              ))}
              <StartRecertification />
              {closed.length > 0 && <Closed campaigns={closed} />}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

function Campaign({ campaign }: { readonly campaign: RecertificationRecord }): React.JSX.Element {
  const { id, scope, dueAt, counts } = campaign
  const items = useRead('getRecertification', { parameters: { id } })
  const answer = useAct('answerRecertification')
  const send = (item: RecertificationItem, value: 'keep' | 'revoke'): void =>
    answer.mutate({ parameters: { id, item: item.id }, body: { answer: value } })
  return (
    <Sheet title={`${capitalise(scope.map((kind) => `${kind}s`).join(', '))}: ${counts.waiting} to answer`}>
      <p>
        Due <Due at={dueAt} /> (<Moment at={dueAt} />
        ).
      </p>
      {answer.error && <Problem error={answer.error} />}
      <Loaded of={items}>
        {({ items: rows }) => (
          <ul className="bw-list">
            {rows.map((item) => (
              <li key={item.id} className="bw-row">
                <Item item={item} />
                <Answer item={item} isBusy={answer.isPending} onAnswer={(value) => send(item, value)} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Sheet>
  )
}

function Item({ item }: { readonly item: RecertificationItem }): React.JSX.Element {
  const { kind, subject, holder, roles, purposes } = item
  const { nameOf } = useSession()
  return (
    <div>
      <strong>{nameOf(holder ?? subject)}</strong>
      <Facts
        of={{
          [capitalise(kind)]: holder === undefined || holder === subject ? undefined : shorten(subject),
          Roles: roles.map(toWords).join(', '),
          Purposes: purposes.join(', '),
        }}
      />
    </div>
  )
}

interface AnswerProps {
  readonly item: RecertificationItem
  readonly isBusy: boolean
  readonly onAnswer: (value: 'keep' | 'revoke') => void
}

function Answer({ item, isBusy, onAnswer }: AnswerProps): React.JSX.Element {
  const { person, nameOf } = useSession()
  const about = `${item.kind} ${nameOf(item.holder ?? item.subject)}`
  if (item.state !== 'waiting') {
    return <Tag tone={item.state === 'kept' ? 'good' : 'plain'}>{item.state}</Tag>
  }
  if (item.holder === person.id) return <span className="bw-dim">Yours: somebody else answers it.</span>
  return (
    <div className="bw-actions">
      <ActButton about={about} isBusy={isBusy} onAct={() => onAnswer('keep')}>
        Keep
      </ActButton>
      <ActButton about={about} confirm="It ends at once." isBusy={isBusy} onAct={() => onAnswer('revoke')}>
        Revoke
      </ActButton>
    </div>
  )
}

function Closed({ campaigns }: { readonly campaigns: readonly RecertificationRecord[] }): React.JSX.Element {
  return (
    <Sheet title="Closed">
      <ul className="bw-list">
        {campaigns.map(({ id, closedAt, scope, counts }) => (
          <li key={id} className="bw-row">
            <span>{scope.join(', ')}</span>
            <span className="bw-dim">
              {counts.kept} kept, {counts.revoked} revoked, {counts.lapsed} lapsed
              {closedAt !== undefined && (
                <>
                  , <Moment at={closedAt} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Sheet>
  )
}

const SHOWN_CHARS = 12

/** Hashes and ids are told apart by their beginnings. */
function shorten(id: string): string {
  return id.length > SHOWN_CHARS * 2 ? `${id.slice(0, SHOWN_CHARS)}...` : id
}
