import type { VendorFactRecord } from '@breakwater/contract'
import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { useAsk } from '../api/use-ask.ts'
import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Meter } from '../ui/meter.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { VendorFact } from '../ui/vendor-fact.tsx'

/** What vendors' terms say of each feature: facts with a source and a date, that a person confirms. */
export function VendorsPage(): React.JSX.Element {
  const facts = useRead('listVendorFacts')
  const confirm = useAct('confirmVendorFact')
  const [isOpenOnly, setOpenOnly] = useState(false)
  const { permits } = useSession()
  const mayConfirm = permits('manageAgreements')
  const act = ({ id, version }: VendorFactRecord): void => confirm.mutate({ parameters: { id }, body: { version } })
  return (
    <Page
      title="Vendors"
      lead="What vendors’ terms say, by source and date. Outside development a fact counts once a person confirmed it."
    >
      {mayConfirm && <Starter />}
      {confirm.error && <Problem error={confirm.error} />}
      <Loaded of={facts}>
        {({ facts: all }) =>
          all.length === 0 ? (
            <p className="bw-sheet bw-dim">
              The registry is empty: no business associate covers anything before its vendor’s terms are on record.
            </p>
          ) : (
            <>
              <Checkbox
                label={`Only what is to be confirmed (${all.filter(({ state }) => state === 'to-confirm').length})`}
                checked={isOpenOnly}
                onChange={(event) => setOpenOnly(event.currentTarget.checked)}
              />
              {groupByService(all).map(([service, ofService]) => (
                <Service
                  key={service}
                  name={service}
                  facts={ofService}
                  isOpenOnly={isOpenOnly}
                  isBusy={confirm.isPending}
                  onConfirm={mayConfirm ? act : undefined}
                />
              ))}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

/** The registry that this version ships: data to confirm. */
function Starter(): React.JSX.Element {
  const starter = useAsk('readStarterFacts')
  const take = useAct('importVendorFacts')
  const error = starter.error ?? take.error
  return (
    <Sheet title="The registry that is shipped">
      <p>
        What this version knows of the named vendors, read from their pages. Taking it over changes nothing that you
        confirmed and still says the same.
      </p>
      {error && <Problem error={error} />}
      {take.data && (
        <div className="bw-banner" data-tone="good" role="status">
          {take.data.added} added, {take.data.changed} changed, {take.data.unchanged} as they were.
        </div>
      )}
      <ActButton
        about="the shipped registry"
        isBusy={starter.isPending || take.isPending}
        onAct={() => starter.mutate({}, { onSuccess: ({ facts }) => take.mutate({ body: { facts } }) })}
      >
        Take it over
      </ActButton>
    </Sheet>
  )
}

interface ServiceProps {
  readonly name: string
  readonly facts: readonly VendorFactRecord[]
  readonly isOpenOnly: boolean
  readonly isBusy: boolean
  /** Left out where this person may not. */
  readonly onConfirm: ((fact: VendorFactRecord) => void) | undefined
}

function Service({ name, facts, isOpenOnly, isBusy, onConfirm }: ServiceProps): React.JSX.Element | undefined {
  const confirmed = facts.filter(({ state }) => state === 'confirmed').length
  const shown = isOpenOnly ? facts.filter(({ state }) => state === 'to-confirm') : facts
  const words = `${confirmed} of ${facts.length} confirmed`
  if (shown.length === 0) return undefined
  return (
    <details className="bw-sheet bw-details">
      <summary>
        <strong>{name}</strong> <span className="bw-dim">{words}</span>{' '}
        <Meter label={name} value={confirmed} of={facts.length} words={words} isProgress />
      </summary>
      <ul className="bw-list">
        {shown.map((fact) => (
          <li key={fact.id} className="bw-row">
            <VendorFact fact={fact} />
            {onConfirm && fact.state === 'to-confirm' && (
              <ActButton
                about={`${fact.id}, version ${fact.version}`}
                confirm="You have read the source and your contract, and it is right."
                isBusy={isBusy}
                onAct={() => onConfirm(fact)}
              >
                Confirm
              </ActButton>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}

function groupByService(
  facts: readonly VendorFactRecord[],
): readonly (readonly [string, readonly VendorFactRecord[]])[] {
  const groups = Map.groupBy(facts, ({ vendor, service }) => `${vendor} ${service}`)
  return [...groups].toSorted(([a], [b]) => a.localeCompare(b))
}
