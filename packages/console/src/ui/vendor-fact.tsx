import type { VendorFactRecord } from '@breakwater/contract'
import { useSession } from '../session/session.ts'
import { Facts } from './facts.tsx'
import { Moment } from './moment.tsx'
import { Tag } from './tag.tsx'
import { capitalise, nameFeature, toWords } from './words.ts'

const COVERAGE = {
  yes: ['Covered', 'good'],
  if: ['Covered on conditions', 'warn'],
  no: ['Not covered', 'stop'],
} as const

/** One fact of the registry, with what is not known said to be so. */
export function VendorFact({ fact }: { readonly fact: VendorFactRecord }): React.JSX.Element {
  const { nameOf } = useSession()
  const { feature, endpoint, model, region, conditions, liftedBy, confirmedBy, confirmedAt, confirmedVersion } = fact
  const [words, tone] = COVERAGE[fact.coverage]
  // What is not covered is not sent: how it would be treated matters to nobody.
  const isUsable = fact.coverage !== 'no'
  return (
    <div>
      <strong>{capitalise(nameFeature(feature))}</strong> <Tag tone={tone}>{words}</Tag>{' '}
      {fact.state === 'confirmed' ? <Tag>Confirmed</Tag> : <Tag tone="warn">To confirm</Tag>}
      <Facts
        of={{
          Endpoint: endpoint === '*' ? undefined : endpoint,
          Models: model !== '*' && <span className="bw-code">{model}</span>,
          Place: region === '*' ? undefined : region,
          If: conditions.map(toWords).join(', '),
          Keeps: isUsable && describeRetention(fact),
          'People read it': isUsable && say(fact.humanReview),
          'Trains on it': isUsable && say(fact.training),
          'Nothing of it with': liftedBy.map(toWords).join(', '),
          Subprocessors: fact.subprocessors.join(', '),
          Contract: fact.agreementTerm,
          Source: (
            <>
              <a href={fact.source} target="_blank" rel="noreferrer">
                {new URL(fact.source).hostname}
              </a>
              , checked on {fact.checkedOn}
            </>
          ),
          Confirmed: confirmedAt !== undefined && (
            <>
              <Moment at={confirmedAt} />
              {confirmedBy !== undefined && ` by ${nameOf(confirmedBy)}`}
            </>
          ),
          'Counts meanwhile':
            confirmedVersion !== undefined && fact.state === 'to-confirm' && `version ${confirmedVersion}`,
        }}
      />
    </div>
  )
}

function describeRetention({ retentionDays }: VendorFactRecord): string {
  if (retentionDays === null) return 'not known, so without end'
  if (retentionDays === 0) return 'nothing'
  return `for ${retentionDays} ${retentionDays === 1 ? 'day' : 'days'}`
}

function say(isSo: boolean | null): string {
  if (isSo === null) return 'not known, so yes'
  return isSo ? 'yes' : 'no'
}
