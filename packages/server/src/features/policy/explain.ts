import type { PolicyExplainInput, PolicyExplanation } from '@breakwater/contract'
import { policyExplainInputSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Principal } from '../principals/index.ts'
import { toQuestion } from './cases.ts'
import { loadEngine } from './engine.ts'
import { findNearMisses } from './near-misses.ts'
import { listObligations } from './obligations.ts'
import { DATA_ACTIONS, readShapes, RESOURCE_TYPES } from './shape.ts'
import type { PolicySet, Question } from './types.ts'

/**
 * What a set would say of a question and why: the policies that decided, what they bind it to, and which permissions
 * failed by which condition. `principal` is the one that the question names, when it names one.
 */
export function explainDecision(
  set: PolicySet,
  sha256: string,
  input: PolicyExplainInput,
  principal: Principal | undefined,
): PolicyExplanation {
  const { id: _id, principal: invented, ...circumstances } = policyExplainInputSchema.parse(input)
  const somebody = principal ?? invented
  if (!somebody)
    throw new AppError('body.invalid', { message: 'name a principal, or describe one', field: '/principal' })
  const question = toQuestion(somebody, circumstances)
  const asked = principal
    ? { ...question, principal: { ...principal, ...(circumstances.isBreakGlass === true && { breakGlass: 'case' }) } }
    : question
  requireApplies(set, asked)
  const verdict = loadEngine(set, sha256)(asked)
  return {
    isAllowed: verdict.isAllowed,
    policySet: sha256,
    policies: [...verdict.policies],
    obligations: listObligations(verdict.obligations),
    dataClass: question.dataClass,
    nearMisses: verdict.isAllowed
      ? []
      : findNearMisses(set, asked).map(({ policy, missing }) => ({ policy, missing: [...missing] })),
  }
}

/** A question that the schema has no answer to is a mistake of who asks, and not the engine's failure. */
function requireApplies({ schema }: PolicySet, { action, resource, purpose }: Question): void {
  if (action in DATA_ACTIONS && purpose === undefined) {
    throw new AppError('body.invalid', { message: 'data are used for a purpose: name one', field: '/purpose' })
  }
  const shape = readShapes(schema)?.get(action)
  if (!shape || !resource || shape.resourceTypes.includes(RESOURCE_TYPES[resource.kind])) return
  const message = 'under the active schema this action does not apply to such a resource'
  throw new AppError('body.invalid', { message, field: '/resource' })
}
