import type { RecordChange, Transaction } from '../../../platform/audit/change.ts'
import type { IdentityProvider, IdentityProviderService } from '../../identity-providers/index.ts'
import type { PersonStore } from '../../people/index.ts'
import { confirmMappings, grantedBy } from '../../people/index.ts'
import type { PrincipalService, PrincipalStore } from '../../principals/index.ts'
import type { GroupState, Provisioner } from '../types.ts'
import type { DirectoryStore } from './store.ts'

export interface RoleSyncDeps {
  readonly store: Pick<DirectoryStore, 'listHeldIn'>
  readonly people: Pick<PersonStore, 'putGroupsIn'>
  /** Mappings that a recertification took away. */
  readonly listTakenGroups: (tenant: string) => Promise<readonly string[]>
  readonly principals: Pick<PrincipalService, 'list'>
  readonly principalStore: Pick<PrincipalStore, 'putIn'>
  readonly identityProviders: Pick<IdentityProviderService, 'get' | 'holdIn'>
  readonly recordChange: RecordChange
}

export type RoleSync = (trx: Transaction, by: Provisioner, change: readonly [GroupState, GroupState]) => Promise<void>

/**
 * Who came into a mapped group or left it has from now on the roles that all of its groups give. There is no other way to a
 * role: SCIM's own `roles` are not read. A group that gives no role here changes nobody.
 */
export function createRoleSync(deps: RoleSyncDeps): RoleSync {
  const { store, people, principals, principalStore, identityProviders, recordChange } = deps
  return async (trx, by, [before, after]) => {
    const { tenant } = by
    // Nobody changes the mapping meanwhile: what is read now is what counts when this is committed.
    await identityProviders.holdIn(trx, tenant, by.identityProvider)
    const provider = await identityProviders.get(tenant, by.identityProvider)
    const isRenamed = before.displayName !== after.displayName || before.externalId !== after.externalId
    const moved = isRenamed ? new Set([...before.members, ...after.members]) : difference(before.members, after.members)
    if (moved.size === 0 || !isMapped(provider, [before, after])) return
    const mappings = confirmMappings(provider, await deps.listTakenGroups(tenant))
    const known = new Map((await principals.list(tenant)).map((principal) => [principal.id, principal.roles]))
    for (const { principal, groups } of await store.listHeldIn(trx, by, [...moved])) {
      const held = [...new Set(mappings.map(({ group }) => group).filter((group) => groups.includes(group)))]
      const granted = grantedBy(held, mappings)
      // Who is disabled stays as it is: the roles follow at the next log-in.
      if (!(await principalStore.putIn(trx, { tenant, id: principal, kind: 'human', ...granted }))) continue
      await people.putGroupsIn(trx, tenant, principal, held)
      if (granted.roles.join() === known.get(principal)?.join()) continue
      const codes = ['identity-provider', 'scim']
      await recordChange(trx, { actor: by, kind: 'principal.put', object: principal, codes })
    }
  }
}

function isMapped({ groups }: IdentityProvider, states: readonly GroupState[]): boolean {
  return groups.some(({ group }) => states.some((state) => state.displayName === group || state.externalId === group))
}

function difference(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const [old, now] = [new Set(before), new Set(after)]
  return new Set([...before.filter((id) => !now.has(id)), ...after.filter((id) => !old.has(id))])
}
