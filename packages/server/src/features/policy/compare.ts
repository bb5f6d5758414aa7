import type { PolicySet } from './types.ts'

export interface PolicyChange {
  /** `schema` stands for the schema. */
  readonly id: string
  readonly kind: 'added' | 'changed' | 'removed'
}

/** Which policies two sets differ in: ids, no texts. */
export function comparePolicies(before: PolicySet | undefined, after: PolicySet): { changes: readonly PolicyChange[] } {
  const [old, young] = [before?.policies ?? {}, after.policies]
  const ids = [...new Set([...Object.keys(old), ...Object.keys(young)])].sort()
  const changes = ids.flatMap((id): PolicyChange[] => {
    const [was, is] = [Object.hasOwn(old, id), Object.hasOwn(young, id)]
    if (!was) return [{ id, kind: 'added' }]
    if (!is) return [{ id, kind: 'removed' }]
    return old[id] === young[id] ? [] : [{ id, kind: 'changed' }]
  })
  const isOtherSchema = before !== undefined && before.schema !== after.schema
  return { changes: isOtherSchema ? [{ id: 'schema', kind: 'changed' }, ...changes] : changes }
}
