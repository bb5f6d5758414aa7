import type { EndpointId, Purpose } from '@breakwater/contract'
import { ENDPOINTS, statedPurposeSchema } from '@breakwater/contract'
import { NativeSelect } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'
import { CoverageGrid } from '../ui/coverage-grid.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Page } from '../ui/page.tsx'
import { namePurpose } from '../ui/words.ts'

const PURPOSES = statedPurposeSchema.options

/** Which provider may be sent what now, feature by feature: 45 CFR 164.502(e), 164.504(e). */
export function CoveragePage(): React.JSX.Element {
  const [purpose, setPurpose] = useState<Purpose>('TREAT')
  const [endpoint, setEndpoint] = useState<EndpointId>('chat.completions')
  const coverage = useRead('readCoverage', { query: { purpose, endpoint } })
  const { permits } = useSession()
  return (
    <Page
      title="Coverage"
      lead="What agreements in force let go where, at this second. Policies decide about each request besides."
    >
      <div className="bw-fields">
        <NativeSelect
          label="Purpose of use"
          value={purpose}
          data={PURPOSES.map((code) => ({ value: code, label: namePurpose(code) }))}
          onChange={({ currentTarget: { value } }) => setPurpose(PURPOSES.find((code) => code === value) ?? purpose)}
        />
        <NativeSelect
          label="Endpoint"
          value={endpoint}
          data={[...ENDPOINTS]}
          onChange={({ currentTarget: { value } }) => setEndpoint(ENDPOINTS.find((id) => id === value) ?? endpoint)}
        />
      </div>
      <Loaded of={coverage}>
        {({ providers }) =>
          providers.length === 0 ? (
            <p className="bw-sheet bw-dim">
              No provider that is on serves this endpoint.{' '}
              {permits('manageProviders') && <Link to="/providers">Add a provider</Link>}
            </p>
          ) : (
            <CoverageGrid key={`${purpose} ${endpoint}`} of={providers} />
          )
        }
      </Loaded>
    </Page>
  )
}
