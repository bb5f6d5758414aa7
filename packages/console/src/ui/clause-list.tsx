import type { AgreementRecord, ClauseId } from '@breakwater/contract'
import { CLAUSES, listMandatoryClauses } from '@breakwater/contract'
import { Meter } from './meter.tsx'
import { Tag } from './tag.tsx'
import { capitalise } from './words.ts'

/** What the contract must say and where it does; what is missing comes first: 45 CFR 164.504(e)(2). */
export function ClauseList({ of: agreement }: { readonly of: AgreementRecord }): React.JSX.Element {
  const { id, clauses, missingClauses } = agreement
  const mandatory = listMandatoryClauses(agreement)
  const there = mandatory.length - missingClauses.length
  const words = `${there} of ${mandatory.length} clauses`
  const rows = [
    ...missingClauses,
    ...clauses.map(({ clause }) => clause).filter((each) => !missingClauses.includes(each)),
  ]
  return (
    <details className="bw-details" open={agreement.state === 'draft' && missingClauses.length > 0}>
      <summary>
        {words} <Meter label={`Clauses of ${id}`} value={there} of={mandatory.length} words={words} isProgress />
      </summary>
      <ul className="bw-clauses">
        {rows.map((clause) => (
          <Clause
            key={clause}
            clause={clause}
            isMissing={missingClauses.includes(clause)}
            location={clauses.find((each) => each.clause === clause)?.location}
          />
        ))}
      </ul>
    </details>
  )
}

interface ClauseProps {
  readonly clause: ClauseId
  readonly isMissing: boolean
  readonly location: string | undefined
}

function Clause({ clause, isMissing, location }: ClauseProps): React.JSX.Element {
  const { says, citation } = CLAUSES[clause]
  return (
    <li className="bw-clause">
      <span>{isMissing ? <Tag tone="stop">Missing</Tag> : <Tag tone="good">{location ?? 'there'}</Tag>}</span>
      <span>
        {capitalise(says)} <span className="bw-dim">{citation}</span>
      </span>
    </li>
  )
}
