import type { AuthorizationAnswer, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import {
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  schemaToJson,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import { AppError } from '@breakwater/kernel'
import { toCall } from './call.ts'
import { rememberAnswers } from './memo.ts'
import type { Obligations } from './obligations.ts'
import { joinObligations, NO_OBLIGATIONS, readObligations } from './obligations.ts'
import { readShapes } from './shape.ts'
import { slicePolicies } from './slice.ts'
import type { PolicySet, Question, Verdict } from './types.ts'

const DEFAULT_DENY = 'default-deny'
const EMPTY_CLASSES = 'empty-classes'
const EMPTY_FIELDS = 'empty-fields'
const READ_ONLY = 'read-only'
const NOTHING: Verdict = { isAllowed: false, policies: [], obligations: NO_OBLIGATIONS }

// As the engine's JSON form of a policy names them.
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', 'neg'])

/** Decides by one verified policy set. */
export type Engine = (question: Question) => Verdict

export interface EngineOptions {
  /** Answers the same call from memory. Default true. */
  readonly remembers?: boolean
}

/**
 * Verifies a set and parses it once. The parser's cache goes by name and lasts as long as the process, so the name is
 * the set's hash: no set can stand in for another. Throws `policy.unavailable` naming the policies at fault.
 */
export function loadEngine(set: PolicySet, sha256: string, { remembers = true }: EngineOptions = {}): Engine {
  const policies = verifySet(set)
  const shapes = readShapes(set.schema)
  const obligations = readAllObligations(policies)
  if (!shapes || preparseSchema(sha256, set.schema).type !== 'success') throw refuse('the policy schema does not parse')
  const slices = slicePolicies(policies, [...shapes.keys()])
  for (const { name, ids } of new Set(slices.values())) {
    const staticPolicies = Object.fromEntries(ids.map((id) => [id, set.policies[id] ?? '']))
    const parsed = preparsePolicySet(`${sha256}/${name}`, { staticPolicies })
    if (parsed.type !== 'success') throw refuse('a policy set does not parse')
  }
  const ask = (question: Question): Verdict => {
    const call = toCall(question, shapes.get(question.action))
    const slice = slices.get(call.action.id)
    // A set of before the action existed.
    if (!slice) return { ...NOTHING, policies: [DEFAULT_DENY] }
    const answer = statefulIsAuthorized({
      ...call,
      preparsedSchemaName: sha256,
      validateRequest: true,
      preparsedPolicySetId: `${sha256}/${slice.name}`,
    })
    return bindTo(readAnswer(answer), obligations)
  }
  const decide = remembers ? rememberAnswers(ask) : ask
  return (question) => {
    const empty = findEmptySet(question)
    if (empty) return { ...NOTHING, policies: [empty] }
    const verdict = decide(question)
    if (question.action !== 'writeData' || !verdict.obligations.isReadOnly) return verdict
    return { ...NOTHING, policies: [READ_ONLY] }
  }
}

// `containsAll` of an empty set is true, so a policy over a set would say yes to nothing asked.
function findEmptySet({ action, classes, fields }: Question): string | undefined {
  if (classes?.length === 0 || (action === 'restore' && !classes)) return EMPTY_CLASSES
  if (fields?.length === 0 || ((action === 'readData' || action === 'writeData') && !fields)) return EMPTY_FIELDS
  return undefined
}

/**
 * A forbid whose condition errors is skipped by the engine, which then allows: so any error, of any policy, is no
 * decision.
 */
export function readAnswer(answer: AuthorizationAnswer): Pick<Verdict, 'isAllowed' | 'policies'> {
  if (answer.type !== 'success') throw refuse('the policy engine refused the request')
  const { decision, diagnostics } = answer.response
  if (diagnostics.errors.length > 0) {
    const ids = diagnostics.errors.map(({ policyId }) => policyId)
    throw refuse(`a policy failed while deciding: ${ids.join(', ')}`)
  }
  const policies = diagnostics.reason.toSorted()
  return { isAllowed: decision === 'allow', policies: policies.length > 0 ? policies : [DEFAULT_DENY] }
}

/** A permission with what its policies bind it to. One whose obligations are not known would be no permission. */
function bindTo(
  { isAllowed, policies }: Pick<Verdict, 'isAllowed' | 'policies'>,
  known: ReadonlyMap<string, Obligations>,
): Verdict {
  if (!isAllowed) return { isAllowed, policies, obligations: NO_OBLIGATIONS }
  const found = policies.map((id) => known.get(id))
  const bound = found.filter((each) => each !== undefined)
  if (bound.length < found.length) throw refuse('a deciding policy has obligations that are not known')
  return { isAllowed, policies, obligations: joinObligations(bound) }
}

/** The policies of a valid set in their JSON form, by id. Throws `policy.unavailable`. */
function verifySet({ schema, policies }: PolicySet): ReadonlyMap<string, PolicyJson> {
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
  const read = new Map<string, PolicyJson>()
  for (const [id, text] of Object.entries(policies)) {
    const json = policyToJson(text)
    if (json.type !== 'success') throw refuse(`a policy cannot be read: ${id}`)
    if (holdsKey(json.json, ARITHMETIC)) throw refuse(`a policy computes with numbers: ${id}`)
    read.set(id, json.json)
  }
  return read
}

function readAllObligations(policies: ReadonlyMap<string, PolicyJson>): ReadonlyMap<string, Obligations> {
  return new Map(
    Array.from(policies, ([id, { effect, annotations = {} }]) => {
      const unknown = Object.keys(annotations).filter((name) => name !== 'obligation')
      const text = annotations['obligation']
      if (unknown.length > 0) throw refuse(`a policy carries an annotation that is not known: ${id}`)
      if (text === undefined) return [id, NO_OBLIGATIONS] as const
      if (effect === 'forbid') throw refuse(`a policy that forbids has an obligation: ${id}`)
      const obligations = readObligations(text ?? '')
      if (!obligations) throw refuse(`a policy has an obligation that is not known: ${id}`)
      return [id, obligations] as const
    }),
  )
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

function refuse(message: string): AppError {
  return new AppError('policy.unavailable', { message })
}
