import type { HistoryRecord, KeptRuleRecord } from '@breakwater/contract'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAsk } from '../../api/use-ask.ts'
import { useSession } from '../../session/session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Due, Moment } from '../../ui/moment.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Tag } from '../../ui/tag.tsx'
import { namePurpose } from '../../ui/words.ts'
import { Crossing } from './crossing.tsx'

const PAGE = 20

/** Crossings that were kept, the newest first. The list is read when somebody asks for it, because reading is recorded. */
export function History({ rule }: { readonly rule: KeptRuleRecord | undefined }): React.JSX.Element {
  const list = useAsk('listHistory')
  const [rows, setRows] = useState<readonly HistoryRecord[]>()
  const [chosen, setChosen] = useState<HistoryRecord>()
  const read = (before?: string): void => {
    if (!rule) return
    const query = { purpose: rule.purpose, limit: PAGE, before }
    list.mutate(
      { query },
      {
        onSuccess: ({ crossings }) =>
          setRows((known) => [...(before === undefined ? [] : (known ?? [])), ...crossings]),
      },
    )
  }
  const last = rows?.at(-1)
  return (
    <Sheet title="History">
      {list.error && <Problem error={list.error} />}
      {rule ? (
        <>
          <p>
            Kept for {namePurpose(rule.purpose)}, {rule.retentionDays} days each. That you look is in the ledger.
          </p>
          <ActButton about="what is kept of crossings" isBusy={list.isPending} onAct={() => read()}>
            {rows === undefined ? 'Show' : 'Read again'}
          </ActButton>
        </>
      ) : (
        <Empty>Nothing is kept of crossings.</Empty>
      )}
      {rows?.length === 0 && <Empty>Nothing crossed since it was switched on.</Empty>}
      {rows !== undefined && rows.length > 0 && (
        <ul className="bw-list">
          {rows.map((row) => (
            <li key={row.crossing} className="bw-stack">
              <div className="bw-row">
                <Head of={row} />
                <ActButton
                  about={`the crossing of ${row.keptAt}`}
                  onAct={() => setChosen((known) => (known?.crossing === row.crossing ? undefined : row))}
                >
                  {chosen?.crossing === row.crossing ? 'Close' : 'Read'}
                </ActButton>
              </div>
              {rule && chosen?.crossing === row.crossing && <Crossing of={row} purpose={rule.purpose} />}
            </li>
          ))}
        </ul>
      )}
      {rows !== undefined && last && rows.length % PAGE === 0 && (
        <Button variant="default" size="compact-sm" disabled={list.isPending} onClick={() => read(last.keptAt)}>
          Older ones
        </Button>
      )}
    </Sheet>
  )
}

function Head({ of: row }: { readonly of: HistoryRecord }): React.JSX.Element {
  const { nameOf } = useSession()
  return (
    <div>
      <strong>{nameOf(row.principal)}</strong> asked {row.model} at {row.provider} <Moment at={row.keptAt} />{' '}
      {row.isStream && <Tag>Streamed</Tag>}
      <Facts
        of={{
          Endpoint: row.endpoint,
          Purpose: namePurpose(row.purpose),
          Masked: row.classes.join(', ') || 'nothing',
          Patient: row.patient !== undefined && <span className="bw-code">{row.patient.slice(0, 12)}</span>,
          'Kept until': <Due at={row.expiresAt} />,
        }}
      />
    </div>
  )
}
