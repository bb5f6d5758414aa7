import type { Check, Finding, Patient } from './types.ts'

const LEVELS = ['ok', 'warn', 'fail'] as const
const MAX_NAMED = 5

type Found = Omit<Finding, 'check'>

/**
 * One look at each tenant, the installation's own first; what is worst decides, and names whose it is. A look that throws is a
 * finding of that tenant and hides no other.
 */
export async function runForEach(
  check: Check,
  patient: Patient,
  describeFailure: (thrown: unknown) => Found,
): Promise<Found> {
  const tenants = [...new Set([patient.tenant, ...(patient.tenants ?? [])])]
  const all: { readonly tenant: string; readonly found: Found }[] = []
  for (const tenant of tenants) {
    all.push({ tenant, found: await check.run({ ...patient, tenant }).catch(describeFailure) })
  }
  const level = LEVELS.findLast((each) => all.some(({ found }) => found.level === each)) ?? 'ok'
  const worst = all.filter(({ found }) => found.level === level)
  const [first] = worst
  if (!first) return { level, told: 'no tenant' }
  if (all.length === 1) return first.found
  const named = worst.slice(0, MAX_NAMED).map(({ tenant, found }) => `${tenant}: ${found.told}`)
  const more = worst.length > MAX_NAMED ? `, and ${worst.length - MAX_NAMED} more` : ''
  return {
    ...first.found,
    told: level === 'ok' ? `${first.found.told}, in ${all.length} tenants` : `${named.join('; ')}${more}`,
  }
}
