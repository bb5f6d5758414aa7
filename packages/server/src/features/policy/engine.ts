import type { AuthorizationAnswer, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs'
import {
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  schemaToJson,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import { AppError } from '@breakwater/kernel'
import type { DecisionRequest, PolicySet } from './types.ts'

const DEFAULT_DENY = 'default-deny'
const EMPTY_CLASSES = 'empty-classes'

// As the engine's JSON form of a policy names them.
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', 'neg'])

/** Decides by one verified policy set. */
export type Engine = (request: DecisionRequest) => {
  readonly isAllowed: boolean
  readonly policies: readonly string[]
}

/**
 * Verifies a set and parses it once. The parser's cache goes by name and lasts as long as the process, so the name is
 * the set's hash: no set can stand in for another. Throws `policy.unavailable` naming the policies at fault.
 */
export function loadEngine(set: PolicySet, sha256: string): Engine {
  verifySet(set)
  const schema = preparseSchema(sha256, set.schema)
  const policies = preparsePolicySet(sha256, { staticPolicies: { ...set.policies } })
  if (schema.type !== 'success' || policies.type !== 'success') throw refuse('a policy set does not parse')
  return (request) => {
    // `containsAll` of an empty set is true, so a policy over classes would say yes to nothing asked.
    if (request.classes?.length === 0 || (request.action === 'restore' && !request.classes)) {
      return { isAllowed: false, policies: [EMPTY_CLASSES] }
    }
    return readAnswer(statefulIsAuthorized(toCall(request, sha256)))
  }
}

/**
 * A forbid whose condition errors is skipped by the engine, which then allows: so any error, of any policy, is no
 * decision.
 */
export function readAnswer(answer: AuthorizationAnswer): ReturnType<Engine> {
  if (answer.type !== 'success') throw refuse('the policy engine refused the request')
  const { decision, diagnostics } = answer.response
  if (diagnostics.errors.length > 0) {
    const ids = diagnostics.errors.map(({ policyId }) => policyId)
    throw refuse(`a policy failed while deciding: ${ids.join(', ')}`)
  }
  const policies = diagnostics.reason.toSorted()
  return { isAllowed: decision === 'allow', policies: policies.length > 0 ? policies : [DEFAULT_DENY] }
}

function verifySet({ schema, policies }: PolicySet): void {
  if (Object.keys(policies).length === 0) throw refuse('a policy set without policies')
  const parsed = schemaToJson(schema)
  if (parsed.type !== 'success') throw refuse('the policy schema does not parse')
  // An overflow is the one error that validation does not exclude, and it turns a forbid into a yes.
  if (holdsType(parsed.json, 'Long')) throw refuse('the policy schema holds a Long')
  const answer = validate({ schema, policies: { staticPolicies: { ...policies } } })
  if (answer.type !== 'success') throw refuse('a policy does not parse')
  // Success means that validation ran, not that it found nothing.
  const faults = answer.validationErrors.map(({ policyId }) => policyId)
  if (faults.length > 0) throw refuse(`a policy is not valid under the schema: ${[...new Set(faults)].join(', ')}`)
  const computing = Object.entries(policies).filter(([, text]) => holdsKey(policyToJson(text), ARITHMETIC))
  if (computing.length > 0) throw refuse(`a policy computes with numbers: ${computing.map(([id]) => id).join(', ')}`)
}

function holdsKey(json: unknown, keys: ReadonlySet<string>): boolean {
  if (typeof json !== 'object' || json === null) return false
  return Object.entries(json).some(([key, value]) => keys.has(key) || holdsKey(value, keys))
}

function holdsType(json: unknown, type: string): boolean {
  if (Array.isArray(json)) return json.some((item) => holdsType(item, type))
  if (typeof json !== 'object' || json === null) return false
  return Object.entries(json).some(
    ([key, value]) => ((key === 'type' || key === 'name') && value === type) || holdsType(value, type),
  )
}

function toCall(request: DecisionRequest, sha256: string): StatefulAuthorizationCall {
  const { principal, action, purpose, endpoint, provider, model, classes } = request
  const uid = { type: 'Principal', id: `${principal.tenant}/${principal.id}` }
  const roles = principal.roles.map((id) => ({ type: 'Role', id }))
  return {
    principal: uid,
    action: { type: 'Action', id: action },
    resource: { type: 'Tenant', id: principal.tenant },
    context: {
      ...(purpose !== undefined && { purpose }),
      ...(endpoint !== undefined && { endpoint }),
      ...(provider !== undefined && { provider }),
      ...(model !== undefined && { model }),
      ...(classes && { classes: [...classes] }),
    },
    preparsedSchemaName: sha256,
    validateRequest: true,
    preparsedPolicySetId: sha256,
    entities: [
      {
        uid,
        attrs: { kind: principal.kind, purposes: [...principal.purposes], mayRestore: principal.mayRestore },
        parents: roles,
      },
      ...roles.map((role) => ({ uid: role, attrs: {}, parents: [] })),
    ],
  }
}

function refuse(message: string): AppError {
  return new AppError('policy.unavailable', { message })
}
