import type { AssuranceRule } from '@breakwater/contract'

/** What a provider says of how somebody logged in (OpenID Connect Core section 2; values of `amr`: RFC 8176). */
export interface AuthenticationContext {
  readonly acr?: string | undefined
  readonly amr: readonly string[]
}

/**
 * Whether a log-in was as strong as a rule asks: one listed `acr`, or every value of one listed set of `amr`. An empty rule
 * is met by nobody, and so is a set without values: what a provider does not say was not done (ASVS 6.8.4).
 */
export function meetsAssurance(rule: AssuranceRule, { acr, amr }: AuthenticationContext): boolean {
  if (acr !== undefined && rule.acr.includes(acr)) return true
  return rule.amr.some((set) => set.length > 0 && set.every((value) => amr.includes(value)))
}
