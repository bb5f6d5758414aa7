import type { AgreementRecord } from '@breakwater/contract'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { DraftAgreement } from '../forms/draft-agreement.tsx'
import { useSession } from '../session/session.ts'
import { ActButton } from '../ui/act-button.tsx'
import { ClauseList } from '../ui/clause-list.tsx'
import { DaysLeft } from '../ui/days-left.tsx'
import { Empty } from '../ui/empty.tsx'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Due, Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Tag } from '../ui/tag.tsx'
import { namePurpose, nameFeature, toWords } from '../ui/words.ts'

const STATES: Readonly<Record<AgreementRecord['state'], 'plain' | 'warn' | 'stop' | 'good'>> = {
  draft: 'plain',
  'not yet': 'plain',
  'in force': 'good',
  expired: 'stop',
  terminated: 'stop',
}

/** Contracts under which PHI may leave: 45 CFR 164.502(e), 164.504(e). */
export function AgreementsPage(): React.JSX.Element {
  const agreements = useRead('listAgreements')
  const [edited, setEdited] = useState<AgreementRecord>()
  return (
    <Page
      title="Agreements"
      lead="Under which contract what may go to whom. A draft becomes active once its clauses are complete."
    >
      <Loaded of={agreements}>
        {({ agreements: all }) => (
          <>
            <Sheet title="On record">
              {all.length === 0 && <Empty>No agreement is on record: nothing can leave.</Empty>}
              <List of={all} onEdit={setEdited} />
            </Sheet>
            <DraftAgreement key={edited?.id ?? ''} of={edited} onDone={() => setEdited(undefined)} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

interface ListProps {
  readonly of: readonly AgreementRecord[]
  readonly onEdit: (agreement: AgreementRecord) => void
}

function List({ of: all, onEdit }: ListProps): React.JSX.Element {
  const activate = useAct('activateAgreement')
  const terminate = useAct('terminateAgreement')
  const error = activate.error ?? terminate.error
  const isBusy = activate.isPending || terminate.isPending
  return (
    <>
      {error && <Problem error={error} />}
      <ul className="bw-list">
        {all.map((agreement) => {
          const { id, state, missingClauses, activeVersion } = agreement
          const parameters = { id }
          const isActive = state === 'in force' || state === 'not yet' || activeVersion !== undefined
          return (
            <li key={id} className="bw-stack">
              <div className="bw-row">
                <Head of={agreement} />
                <div className="bw-actions">
                  {state === 'draft' && missingClauses.length === 0 && (
                    <ActButton
                      about={id}
                      isMain
                      confirm="From then on PHI may go there under it."
                      isBusy={isBusy}
                      onAct={() => activate.mutate({ parameters })}
                    >
                      Activate
                    </ActButton>
                  )}
                  <ActButton about={id} onAct={() => onEdit(agreement)}>
                    Next version
                  </ActButton>
                  {isActive && (
                    <ActButton
                      about={id}
                      confirm="Nothing crosses under it from this second on."
                      isBusy={isBusy}
                      onAct={() => terminate.mutate({ parameters })}
                    >
                      Terminate
                    </ActButton>
                  )}
                </div>
              </div>
              <Terms of={agreement} />
              {agreement.kind !== 'internal' && <ClauseList of={agreement} />}
            </li>
          )
        })}
      </ul>
    </>
  )
}

function Head({ of: agreement }: { readonly of: AgreementRecord }): React.JSX.Element {
  const { id, kind, provider, state, version, activeVersion, effectiveTo } = agreement
  return (
    <div>
      <strong>{id}</strong> with {provider} <Tag>{toWords(kind)}</Tag> <Tag tone={STATES[state]}>{state}</Tag>{' '}
      {state === 'in force' && <DaysLeft endsAt={effectiveTo} />}
      <div className="bw-dim">
        Version {version}
        {activeVersion !== undefined && `; version ${activeVersion} stays active until this one is`}
      </div>
    </div>
  )
}

function Terms({ of: agreement }: { readonly of: AgreementRecord }): React.JSX.Element {
  const { nameOf } = useSession()
  const { features, regions, maxRetentionDays, retentionExemption, incidentNoticeDays, activatedBy } = agreement
  return (
    <Facts
      of={{
        'In force': (
          <>
            <Due at={agreement.effectiveFrom} /> to <Due at={agreement.effectiveTo} />
          </>
        ),
        Purposes: agreement.purposes.map(namePurpose).join(', '),
        Endpoints: agreement.endpoints.join(', '),
        Models: agreement.models.includes('*') ? 'every one of the provider' : agreement.models.join(', '),
        'Beside plain use': features.map(nameFeature).join(', '),
        Places: regions.includes('*') ? 'any' : regions.join(', '),
        Hosts: agreement.hosts.join(', '),
        'Kept for': maxRetentionDays !== undefined && `${maxRetentionDays} days at most`,
        'People there': agreement.allowsHumanReview && 'may read along',
        Training: agreement.allowsTraining && 'permitted, as its clause says',
        Arranged: agreement.conditions.map(toWords).join(', '),
        Exemption:
          retentionExemption &&
          `${toWords(retentionExemption.kind)}: ${retentionExemption.reference}, ${retentionExemption.recordedOn}`,
        'Rests on': agreement.chain.join(', '),
        'Tells of incidents': incidentNoticeDays !== undefined && `within ${incidentNoticeDays} days`,
        Activated: agreement.activatedAt !== undefined && (
          <>
            <Moment at={agreement.activatedAt} />
            {activatedBy !== undefined && ` by ${nameOf(activatedBy)}`}
          </>
        ),
      }}
    />
  )
}
