import { isFeature, needsNaming, residenciesOf } from '@breakwater/contract'
import type { GrantedTerms, VendorCall, VendorFact } from './types.ts'

type Counts = (fact: VendorFact) => boolean

/**
 * What of a call a vendor's terms do not cover, by name. Each feature needs a fact that covers it, and every fact that speaks of
 * it must be met. `counts` says which facts may give: the others can only take away.
 */
export function weighFacts(
  facts: readonly VendorFact[],
  call: VendorCall,
  terms: GrantedTerms,
  counts: Counts,
): readonly string[] {
  const { vendor, service } = call.service
  if (vendor === undefined || service === undefined) return ['vendor']
  const ofCall = facts.filter((fact) => fact.vendor === vendor && fact.service === service && isAbout(fact, call))
  const gaps = new Set<string>()
  // A call that makes use of nothing is a plain one.
  for (const feature of call.features.length > 0 ? call.features : ['plain']) {
    for (const gap of weighFeature(ofCall, feature, terms, counts)) gaps.add(gap)
  }
  return [...gaps]
}

function weighFeature(facts: readonly VendorFact[], feature: string, terms: GrantedTerms, counts: Counts): string[] {
  const isNamed = isFeature(feature) && needsNaming(feature)
  const speaking = facts.filter((fact) => fact.feature === feature || (!isNamed && fact.feature === 'plain'))
  const giving = speaking.filter(counts)
  const uncovered = isNamed ? `vendor terms for ${feature}` : 'vendor terms for the endpoint'
  if (giving.length === 0 || speaking.some(({ coverage }) => coverage === 'no')) return [uncovered]
  return giving.flatMap((fact) => weighFact(fact, terms))
}

function weighFact(fact: VendorFact, terms: GrantedTerms): string[] {
  const gaps = fact.conditions.filter((each) => !terms.conditions.includes(each)).map((each) => `condition ${each}`)
  const isLifted = fact.liftedBy.some((each) => terms.conditions.includes(each))
  const days = isLifted ? 0 : (fact.retentionDays ?? Number.POSITIVE_INFINITY)
  if (terms.maxRetentionDays !== undefined && days > terms.maxRetentionDays) gaps.push('retention')
  if (!isLifted && fact.humanReview !== false && !terms.allowsHumanReview) gaps.push('human review')
  if (fact.training !== false && !terms.allowsTraining) gaps.push('training')
  return gaps
}

function isAbout(fact: VendorFact, { endpoint, service }: VendorCall): boolean {
  if (fact.endpoint !== '*' && fact.endpoint !== endpoint) return false
  if (!matches(fact.model, service.upstreamModel)) return false
  if (fact.region === '*') return true
  // Where nobody said where, what holds anywhere may hold here.
  if (service.region === undefined) return fact.coverage === 'no'
  return residenciesOf(service.region).includes(fact.region)
}

function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern
}
