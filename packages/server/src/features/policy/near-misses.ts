import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { isAuthorized, policyToJson, policyToText } from '@cedar-policy/cedar-wasm/nodejs'
import { toCall } from './call.ts'
import { readShapes } from './shape.ts'
import type { PolicySet, Question } from './types.ts'

/** A permission whose scope fits the question and whose conditions do not all hold. */
export interface NearMiss {
  readonly policy: string
  /** The conditions that did not hold, as the policy writes them; without one, that its role or resource is another. */
  readonly missing: readonly string[]
}

type Clause = PolicyJson['conditions'][number]

/** For whoever asks why not: the permits of the action, and which part of each failed. */
export function findNearMisses(set: PolicySet, question: Question): NearMiss[] {
  const call = toCall(question, readShapes(set.schema)?.get(question.action))
  const holds = (policy: PolicyJson): boolean => {
    const answer = isAuthorized({ ...call, policies: { staticPolicies: { one: policy } } })
    return answer.type === 'success' && answer.response.decision === 'allow'
  }
  return Object.entries(set.policies).flatMap(([id, text]) => {
    const read = policyToJson(text)
    if (read.type !== 'success' || read.json.effect !== 'permit' || read.json.conditions.length === 0) return []
    const { json: policy } = read
    if (!holds({ ...policy, conditions: [] }) || holds(policy)) return []
    const clauses = policy.conditions.flatMap(splitClause)
    const missing = clauses.filter((clause) => !holds({ ...policy, conditions: [clause] })).map(describeClause)
    return [{ policy: id, missing }]
  })
}

/** `when { a && b }` is `when { a } when { b }`. */
function splitClause({ kind, body }: Clause): Clause[] {
  if (kind !== 'when' || !('&&' in body)) return [{ kind, body }]
  const { left, right } = body['&&'] as { left: Clause['body']; right: Clause['body'] }
  return [...splitClause({ kind, body: left }), ...splitClause({ kind, body: right })]
}

function describeClause(clause: Clause): string {
  const written = policyToText({
    effect: 'permit',
    principal: { op: 'All' },
    action: { op: 'All' },
    resource: { op: 'All' },
    conditions: [clause],
  })
  const text = written.type === 'success' ? written.text : ''
  const body = /(when|unless)\s*\{([\s\S]*)\}\s*;?\s*$/.exec(text)
  return body ? `${body[1] === 'unless' ? 'not ' : ''}${(body[2] ?? '').replace(/\s+/g, ' ').trim()}` : 'a condition'
}
