import type { GroupMapping } from '@breakwater/contract'
import type { Actor, Change, Transaction } from '../../platform/audit/change.ts'
import type { PrincipalService, PrincipalStore } from '../principals/index.ts'
import { grantedBy } from './roles.ts'
import type { PersonStore } from './store.ts'

export interface MappingSyncDeps {
  readonly people: Pick<PersonStore, 'listGroupsIn' | 'putGroupsIn'>
  readonly principals: Pick<PrincipalService, 'list'>
  readonly principalStore: Pick<PrincipalStore, 'putIn'>
  /** People of a provider's directory with the names of all their groups. */
  readonly listDirectoryIn: (
    trx: Transaction,
    scope: { readonly tenant: string; readonly identityProvider: string },
  ) => Promise<readonly { readonly principal: string; readonly groups: readonly string[] }[]>
}

/** What a provider's groups gave, and what they give from now on. */
interface MappingChange {
  readonly identityProvider: string
  readonly before: readonly GroupMapping[]
  readonly after: readonly GroupMapping[]
}

/** Gives what the caller records in the same transaction. */
export type MappingSync = (trx: Transaction, actor: Actor, change: MappingChange) => Promise<readonly Change[]>

/**
 * Another mapping counts at once for who is known to be in the group: by the last word of log-in or directory, or, of a group
 * that was not mapped before and that no log-in therefore wrote down, by the directory. Others follow at their next log-in.
 */
export function createMappingSync({
  people,
  principals,
  principalStore,
  listDirectoryIn,
}: MappingSyncDeps): MappingSync {
  return async (trx, actor, { identityProvider, before, after }) => {
    const { tenant } = actor
    const changed = findChanged(before, after)
    if (changed.size === 0) return []
    const [old, now] = [namesOf(before), namesOf(after)]
    const isNew = [...changed].some((group) => !old.has(group))
    const scope = { tenant, identityProvider }
    const directory = new Map(
      (isNew ? await listDirectoryIn(trx, scope) : []).map(({ principal, groups }) => [principal, groups] as const),
    )
    const known = new Map((await principals.list(tenant)).map((principal) => [principal.id, principal.roles]))
    const changes: Change[] = []
    for (const { principal, groups } of await people.listGroupsIn(trx, tenant, identityProvider)) {
      // Nobody wrote down what they came in by: before the next log-in nothing is known.
      if (groups === null) continue
      const added = (directory.get(principal) ?? []).filter((group) => now.has(group) && !old.has(group))
      const held = [...new Set([...groups.filter((group) => now.has(group)), ...added])]
      if (![...groups, ...held].some((group) => changed.has(group))) continue
      const granted = grantedBy(held, after)
      if (!(await principalStore.putIn(trx, { tenant, id: principal, kind: 'human', ...granted }))) continue
      await people.putGroupsIn(trx, tenant, principal, held)
      if (granted.roles.join() === known.get(principal)?.join()) continue
      changes.push({ actor, kind: 'principal.put', object: principal, codes: ['identity-provider', 'mapping'] })
    }
    return changes
  }
}

const namesOf = (mappings: readonly GroupMapping[]): ReadonlySet<string> => new Set(mappings.map(({ group }) => group))

function findChanged(before: readonly GroupMapping[], after: readonly GroupMapping[]): ReadonlySet<string> {
  const describe = (mappings: readonly GroupMapping[], name: string): string =>
    JSON.stringify(
      mappings
        .filter(({ group }) => group === name)
        .map(({ roles, purposes, mayRestore }) => [roles, purposes, mayRestore]),
    )
  const names = [...namesOf(before), ...namesOf(after)]
  return new Set(names.filter((name) => describe(before, name) !== describe(after, name)))
}
