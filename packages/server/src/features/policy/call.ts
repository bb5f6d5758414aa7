import { residenciesIn } from '@breakwater/contract'
import type { CedarValueJson, Context, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs'
import type { ActionShape } from './shape.ts'
import { DATA_ACTIONS, RESOURCE_TYPES } from './shape.ts'
import type { Question } from './types.ts'

/** A question in the engine's form: everything that a decision may depend on, and nothing else. */
export interface CedarCall {
  readonly principal: TypeAndId
  readonly action: TypeAndId
  readonly resource: TypeAndId
  readonly context: Context
  readonly entities: EntityJson[]
}

/** `shape` is what the set's own schema declares: a set of an earlier version is asked what it knows. */
export function toCall(question: Question, shape: ActionShape | undefined): CedarCall {
  const { principal } = question
  const uid = { type: 'Principal', id: `${principal.tenant}/${principal.id}` }
  const tenant = { type: 'Tenant', id: principal.tenant }
  const roles = principal.roles.map((id) => ({ type: 'Role', id }))
  const resource = readResource(question, shape) ?? tenant
  return {
    principal: uid,
    action: { type: 'Action', id: question.action },
    resource,
    context: readContext(question, shape),
    entities: [
      {
        uid,
        attrs: { kind: principal.kind, purposes: [...principal.purposes], mayRestore: principal.mayRestore },
        parents: roles,
      },
      ...roles.map((role) => ({ uid: role, attrs: {}, parents: [] })),
      ...(resource === tenant ? [] : [{ uid: resource, attrs: {}, parents: [tenant] }]),
    ],
  }
}

function readResource(
  { principal, action, resource }: Question,
  shape: ActionShape | undefined,
): TypeAndId | undefined {
  const kind = resource?.kind ?? DATA_ACTIONS[action] ?? 'tenant'
  const type = RESOURCE_TYPES[kind]
  if (kind === 'tenant') return undefined
  // Before there were kinds of resources, all that crossed was the tenant's.
  if (shape?.resourceTypes.length === 1 && shape.resourceTypes[0] === 'Tenant' && !resource) return undefined
  return { type, id: `${principal.tenant}/${resource?.id ?? kind}` }
}

function readContext(question: Question, shape: ActionShape | undefined): Context {
  const { principal, purpose, endpoint, provider, model, classes, fields, labels = [], basis } = question
  const context: Context = {}
  // What the request states must be declared, or it is no request of this schema; what the server adds may be unknown.
  const state = (name: string, value: CedarValueJson | undefined): void => {
    if (value !== undefined) context[name] = value
  }
  const add = (name: string, value: CedarValueJson): void => {
    if (shape?.attributes.has(name) === true) context[name] = value
  }
  state('purpose', purpose)
  add('dataClass', question.dataClass)
  add('environment', question.environment)
  add('hasLegalBasis', basis !== undefined)
  add('basisKind', basis?.kind ?? 'none')
  add('isBreakGlass', principal.breakGlass !== undefined)
  add('isMfa', question.isMfa)
  add('isRecentlyAuthenticated', question.isRecentlyAuthenticated)
  add('labels', [...labels])
  add('isLocal', question.isLocal ?? false)
  add('isResidencyKept', question.isResidencyKept ?? residenciesIn(labels).length === 0)
  state('endpoint', endpoint)
  state('provider', provider)
  state('model', model)
  state('classes', classes && [...classes])
  state('fields', fields && [...fields])
  return context
}
