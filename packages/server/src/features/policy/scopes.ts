import type { DecisionRequest } from './types.ts'

/** In place of policies, when it was the credential that did not reach so far. */
export const OUT_OF_SCOPE = 'credential-scope'

/**
 * Whether the caller's credential is for this: the action, or the action for this purpose. Scopes narrow what policies allow
 * and never widen it; a credential without scopes is for all that they do.
 */
export function isInScope({ principal, action, purpose }: DecisionRequest): boolean {
  const { scopes } = principal
  return scopes === undefined || scopes.includes(action) || (!!purpose && scopes.includes(`${action}:${purpose}`))
}
