import { isFeature, needsNaming, residenciesOf } from '@breakwater/contract'
import { isServedWithin } from '../vendors/index.ts'
import type { IdentifiedService } from '../vendors/index.ts'
import type { Agreement, CrossingScope } from './types.ts'

/** A crossing with what is known of the service behind its provider. */
export interface Asked extends CrossingScope {
  readonly service: IdentifiedService
}

type Rule = (agreement: Agreement, asked: Asked) => readonly string[]

const NOTHING: readonly string[] = []

const unless = (name: string, holds: (agreement: Agreement, asked: Asked) => boolean): Rule => {
  const named = [name]
  return (agreement, asked) => (holds(agreement, asked) ? NOTHING : named)
}

/** What an agreement must cover, each by itself: nothing of it makes up for another. Names are of closed lists. */
const RULES: readonly Rule[] = [
  unless('vendor', (_agreement, { service }) => !service.isContradicted),
  // What is one's own needs no contract; what is a vendor's is not one's own.
  unless('kind', ({ kind }, { service }) => kind === 'business-associate' || !service.isOfVendor),
  unless(
    'service',
    (agreement, { service }) => agreement.service === undefined || agreement.service === service.service,
  ),
  unless('host', ({ hosts }, { service }) => hosts.length === 0 || hosts.includes(service.host ?? '')),
  unless('endpoint', ({ endpoints }, { endpoint }) => endpoints.includes(endpoint)),
  unless('model', ({ models }, { model }) => models.includes('*') || models.includes(model)),
  unless('purpose', ({ purposes }, { purpose }) => purposes.includes(purpose)),
  unless('region', ({ regions }, { service }) => regions.includes('*') || isWithin(service.region, regions)),
  unless('residency', (_agreement, { service, residencies = [] }) => isServedWithin(service, residencies)),
  unless('training', ({ allowsTraining }, { isTraining = false }) => allowsTraining || !isTraining),
  ({ features: named }, { features }) => {
    const all = new Set(features)
    return [...all].flatMap((feature) => {
      // A name of no list is not shown: it may be the caller's.
      if (!isFeature(feature)) return ['unknown feature']
      return !needsNaming(feature) || named.includes(feature) ? [] : [`feature ${feature}`]
    })
  },
]

/** What of the request the agreement does not cover, by name; empty when it covers all. */
export function findUncovered(agreement: Agreement, asked: Asked): readonly string[] {
  const uncovered: string[] = []
  // Not flattened from a list of lists: most are empty, and each crossing waits for it.
  for (const rule of RULES) for (const name of rule(agreement, asked)) uncovered.push(name)
  return uncovered
}

function isWithin(region: string | undefined, places: readonly string[]): boolean {
  return region !== undefined && residenciesOf(region).some((each) => places.includes(each))
}
