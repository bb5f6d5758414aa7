import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'

/** The policies that can speak about an action. */
export interface Slice {
  /** The same for actions with the same policies. */
  readonly name: string
  readonly ids: readonly string[]
}

/**
 * Sorts policies by the action of their scope: a decision costs as much as the policies that are looked at. A scope that
 * is not a plain list of the schema's actions (a group of actions) is looked at for all of them.
 */
export function slicePolicies(
  policies: ReadonlyMap<string, PolicyJson>,
  actions: readonly string[],
): ReadonlyMap<string, Slice> {
  const known = new Set(actions)
  const scopes = Array.from(policies, ([id, policy]) => [id, readActions(policy, known)] as const)
  const byName = new Map<string, Slice>()
  return new Map(
    actions.map((action) => {
      const ids = scopes.filter(([, scope]) => !scope || scope.has(action)).map(([id]) => id)
      const name = ids.join(' ')
      const slice = byName.get(name) ?? { name: String(byName.size), ids }
      byName.set(name, slice)
      return [action, slice]
    }),
  )
}

/** Undefined: every action. */
function readActions({ action }: PolicyJson, known: ReadonlySet<string>): ReadonlySet<string> | undefined {
  if (action.op === 'All') return undefined
  const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : []
  const ids = entities
    .map((entity) => ('__entity' in entity ? entity.__entity : entity))
    .map(({ type, id }) => ({ type, id }))
  if (ids.length === 0 || ids.some(({ type, id }) => type !== 'Action' || !known.has(id))) return undefined
  return new Set(ids.map(({ id }) => id))
}
