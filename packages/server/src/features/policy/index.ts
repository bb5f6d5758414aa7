export { POLICY_ACTIONS } from './types.ts'
export type { Decision, DecisionRequest, PolicyAction, PolicyService } from './types.ts'
