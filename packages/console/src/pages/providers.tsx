import type { ProviderRecord } from '@breakwater/contract'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { PutProvider } from '../forms/put-provider.tsx'
import { ActButton } from '../ui/act-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Facts } from '../ui/facts.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Tag } from '../ui/tag.tsx'

/** Where models are. A provider permits nothing by itself: 45 CFR 164.502(e). */
export function ProvidersPage(): React.JSX.Element {
  const providers = useRead('listProviders')
  const [edited, setEdited] = useState<ProviderRecord>()
  return (
    <Page
      title="Providers"
      lead="Where models are, and how they are reached. What may go there is for agreements and policies to say."
    >
      <Loaded of={providers}>
        {({ providers: all }) => (
          <>
            <Sheet title="Known">
              {all.length === 0 && <Empty>No provider is known: nothing can leave.</Empty>}
              <List of={all} onEdit={setEdited} />
            </Sheet>
            <PutProvider key={edited?.id ?? ''} of={edited} onDone={() => setEdited(undefined)} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

interface ListProps {
  readonly of: readonly ProviderRecord[]
  readonly onEdit: (provider: ProviderRecord) => void
}

function List({ of: all, onEdit }: ListProps): React.JSX.Element {
  const disable = useAct('disableProvider')
  return (
    <>
      {disable.error && <Problem error={disable.error} />}
      <ul className="bw-list">
        {all.map((provider) => (
          <li key={provider.id} className="bw-row">
            <Provider provider={provider} />
            <div className="bw-actions">
              {provider.kind !== 'demo' && (
                <ActButton about={provider.id} onAct={() => onEdit(provider)}>
                  {provider.isDisabled ? 'Switch on' : 'Change'}
                </ActButton>
              )}
              {!provider.isDisabled && (
                <ActButton
                  about={provider.id}
                  confirm="Nothing goes there from then on."
                  isBusy={disable.isPending}
                  onAct={() => disable.mutate({ parameters: { id: provider.id } })}
                >
                  Switch off
                </ActButton>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}

function Provider({ provider }: { readonly provider: ProviderRecord }): React.JSX.Element {
  const { id, kind, version, isInternal, isDisabled, baseUrl, vendor, service, region, models, settings } = provider
  return (
    <div>
      <strong>{id}</strong> <Tag>{kind}</Tag> {isInternal && <Tag>in your own network</Tag>}{' '}
      {isDisabled && <Tag tone="stop">Off</Tag>}
      <Facts
        of={{
          Address: baseUrl !== undefined && <span className="bw-code">{baseUrl}</span>,
          Service: [vendor, service].filter((each) => each !== undefined).join(' '),
          Place: region ?? settings.region ?? settings.location,
          Models: models.join(', '),
          'Signs in with': describeCredential(provider),
          'Falls back to': provider.fallbacks.map((each) => each.provider).join(', '),
          Version: version,
          'May be sent': <Link to="/coverage">see coverage</Link>,
        }}
      />
    </div>
  )
}

/** By its kind and the file's name; what is in the file no page shows. */
function describeCredential({ apiKeyFile, settings: { auth, credential } }: ProviderRecord): string {
  const parts = [auth, credential, apiKeyFile === undefined ? undefined : `the file ${apiKeyFile}`]
  return parts.filter((part) => part !== undefined).join(', ')
}
