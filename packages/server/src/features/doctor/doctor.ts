import { AppError } from '@breakwater/kernel'
import { CHECKS } from './checks.ts'
import type { Check, Finding, Patient } from './types.ts'
import { runForEach } from './walk.ts'

/** What a provider's own compliance says nothing of: without these, an agreement covers nothing (164.306(a)). */
const APPLICATION_CONTROLS: Readonly<Record<string, string>> = {
  'database role': 'tenancy',
  'key services': 'encryption and de-identification',
  policy: 'authorisation',
  'row-level security': 'tenancy',
  'seed tokens': 'authentication',
  sequencer: 'audit',
  worker: 'audit',
}

/** Looks at everything, whatever was found before. Never throws. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const check of CHECKS) {
    const found = check.isOfTenant
      ? await runForEach(check, patient, describeFailure)
      : await check.run(patient).catch(describeFailure)
    findings.push({ check: check.name, ...found })
  }
  const covered: Check = { name: 'covered providers', run: async (each) => weighCoverage(each, findings) }
  findings.push({ check: covered.name, ...(await runForEach(covered, patient, describeFailure)) })
  return findings
}

async function weighCoverage(
  { store, tenant }: Patient,
  findings: readonly Finding[],
): Promise<Omit<Finding, 'check'>> {
  try {
    const { covered } = await store.readAgreements(tenant)
    const off = findings.flatMap(({ check, level }) => (level === 'fail' ? (APPLICATION_CONTROLS[check] ?? []) : []))
    if (covered.length === 0) return { level: 'ok', told: 'none' }
    if (off.length === 0) return { level: 'ok', told: `${covered.join(', ')}: our own controls are on as well` }
    return {
      level: 'fail',
      told: `${covered.join(', ')} under agreement, but ${[...new Set(off)].join(', ')} off here`,
      fix: 'mend the failures above: a provider’s compliance does not stand in for them',
    }
  } catch (thrown) {
    return describeFailure(thrown)
  }
}

/** A code at most: the message of an error that is not ours may quote a value. */
function describeFailure(thrown: unknown): Omit<Finding, 'check'> {
  if (thrown instanceof AppError) {
    return { level: 'fail', told: `${thrown.message} (${thrown.code})`, fix: `docs/errors.md, ${thrown.code}` }
  }
  return {
    level: 'fail',
    told: 'could not be looked at',
    fix: 'run it under the account of the gateway, with its settings',
  }
}
