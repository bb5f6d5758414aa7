import type { Coverage, CoverageCell, EndpointId, Purpose } from '@breakwater/contract'
import { FEATURES, isFeature, needsNaming } from '@breakwater/contract'
import type { ListedProvider } from '../providers/index.ts'
import type { AgreementService } from './types.ts'

const COLUMNS: readonly CoverageCell['feature'][] = [
  'plain',
  ...Object.keys(FEATURES).filter((name) => isFeature(name) && needsNaming(name)),
] as CoverageCell['feature'][]

export interface CoverageQuestion {
  readonly endpoint: EndpointId
  readonly purpose: Purpose
}

/** What agreements cover at this second, provider by provider and feature by feature: each asked as a request would be. */
export async function readCoverage(
  agreements: Pick<AgreementService, 'weigh'>,
  providers: readonly ListedProvider[],
  { endpoint, purpose }: CoverageQuestion,
): Promise<Coverage> {
  const asked = providers.filter(({ isDisabled, kind }) => !isDisabled && (kind === 'mcp') === (endpoint === 'mcp'))
  return {
    providers: await Promise.all(
      asked.map(async (provider) => ({
        id: provider.id,
        kind: provider.kind,
        isInternal: provider.isInternal,
        models: provider.models.length,
        cells: await Promise.all(
          COLUMNS.map(async (feature) => readCell(agreements, provider, { endpoint, purpose }, feature)),
        ),
      })),
    ),
  }
}

async function readCell(
  agreements: Pick<AgreementService, 'weigh'>,
  provider: ListedProvider,
  { endpoint, purpose }: CoverageQuestion,
  feature: CoverageCell['feature'],
): Promise<CoverageCell> {
  const features = feature === 'plain' ? [] : [feature]
  const { tenant } = provider
  const weighed = await Promise.all(
    provider.models.map(async (model) => agreements.weigh({ tenant, provider, endpoint, purpose, model, features })),
  )
  const covering = weighed.flatMap(({ agreement }) => agreement ?? [])
  const first = covering.toSorted((a, b) => a.effectiveTo.getTime() - b.effectiveTo.getTime())[0]
  return {
    feature,
    covered: covering.length,
    ...(first && { agreement: first.id, endsAt: first.effectiveTo.toISOString() }),
    missing: [...new Set(weighed.find(({ agreement }) => !agreement)?.missing)],
  }
}
