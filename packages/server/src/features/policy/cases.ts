import type { PolicyCase, PolicyCaseResult, Purpose } from '@breakwater/contract'
import { policyCaseSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Engine } from './engine.ts'
import { listObligations, NO_OBLIGATIONS } from './obligations.ts'
import type { Question } from './types.ts'

type Circumstances = Omit<PolicyCase, 'name' | 'expect' | 'policies' | 'obligations' | 'principal'>

interface Somebody {
  readonly kind: 'service' | 'human'
  readonly roles: readonly string[]
  readonly purposes?: readonly Purpose[] | undefined
  readonly mayRestore: boolean
}

/** Runs a table of cases against a set, as it would decide here. Throws nothing for a case: an error is a result. */
export function runCases(engine: Engine, cases: readonly PolicyCase[]): PolicyCaseResult[] {
  return cases.map((row) => {
    const { name, expect, policies, obligations, principal, ...circumstances } = policyCaseSchema.parse(row)
    const verdict = decide(engine, toQuestion(principal, circumstances))
    const bound = listObligations(verdict.obligations)
    const decided = verdict.isError ? 'error' : verdict.isAllowed ? 'allow' : 'deny'
    return {
      name,
      expected: expect,
      decided,
      policies: [...verdict.policies],
      obligations: bound,
      isPassed: decided === expect && isSame(policies, verdict.policies) && isSame(obligations, bound),
    }
  })
}

function decide(engine: Engine, question: Question): ReturnType<Engine> & { readonly isError: boolean } {
  try {
    return { ...engine(question), isError: false }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return {
      isAllowed: false,
      policies: [error.code],
      obligations: NO_OBLIGATIONS,
      isError: true,
    }
  }
}

function isSame(wanted: readonly string[] | undefined, found: readonly string[]): boolean {
  return wanted === undefined || wanted.toSorted().join('\n') === found.toSorted().join('\n')
}

/** Somebody invented, in circumstances invented. What is left out is what a server in development would know. */
export function toQuestion(somebody: Somebody, circumstances: Circumstances): Question {
  const { action, purpose, resource, basis, environment = 'development', isBreakGlass, ...rest } = circumstances
  const {
    provider,
    model,
    labels,
    isLocal,
    isResidencyKept,
    fields,
    classes,
    isMfa = false,
    isRecentlyAuthenticated = false,
  } = rest
  const dataClass = rest.dataClass ?? (environment === 'production' ? 'phi' : 'synthetic')
  return {
    principal: {
      tenant: 'case',
      id: 'somebody',
      kind: somebody.kind,
      roles: somebody.roles,
      purposes: somebody.purposes ?? (purpose === undefined ? [] : [purpose]),
      mayRestore: somebody.mayRestore,
      ...(isBreakGlass === true && { breakGlass: 'case' }),
    },
    action,
    ...(purpose !== undefined && { purpose }),
    ...(resource !== undefined && { resource: { kind: resource, id: 'case' } }),
    ...(basis !== undefined && { basis: { kind: basis, dataClass } }),
    ...(labels && { labels }),
    ...(isLocal !== undefined && { isLocal }),
    ...(isResidencyKept !== undefined && { isResidencyKept }),
    ...(fields && { fields }),
    ...(classes && { classes }),
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    dataClass,
    environment,
    isMfa,
    isRecentlyAuthenticated,
  }
}
