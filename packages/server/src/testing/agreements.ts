import { listMandatoryClauses } from '@breakwater/contract'
import type { VendorFactInput } from '@breakwater/contract'

/** A place in a contract for each mandatory clause. */
export const ALL_CLAUSES = listMandatoryClauses({ allowsTraining: false }).map((clause, index) => ({
  clause,
  location: `section ${index + 1}`,
}))

/** What a vendor named acme would say of its service: it keeps nothing of a call, and nothing of what is stored either. */
export const OWN_FACTS: readonly VendorFactInput[] = (['plain', 'store'] as const).map((feature) => ({
  id: `acme-${feature}`,
  vendor: 'acme',
  service: 'api',
  endpoint: '*',
  feature,
  model: '*',
  region: '*',
  coverage: 'yes',
  retentionDays: 0,
  humanReview: false,
  training: false,
  source: 'https://acme.example.org/terms',
  checkedOn: '2026-05-01',
}))
