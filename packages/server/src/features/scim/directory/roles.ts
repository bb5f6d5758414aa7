import { AppError } from '@breakwater/kernel'
import type { RecordChange, Transaction } from '../../../platform/audit/change.ts'
import type { IdentityProvider, IdentityProviderService } from '../../identity-providers/index.ts'
import type { Granted } from '../../people/index.ts'
import { mapGroups } from '../../people/index.ts'
import type { PrincipalService, PrincipalStore } from '../../principals/index.ts'
import type { GroupState, Provisioner } from '../types.ts'
import type { DirectoryStore } from './store.ts'

export interface RoleSyncDeps {
  readonly store: Pick<DirectoryStore, 'listHeldIn'>
  readonly principals: Pick<PrincipalService, 'list'>
  readonly principalStore: Pick<PrincipalStore, 'putIn'>
  readonly identityProviders: Pick<IdentityProviderService, 'get'>
  readonly recordChange: RecordChange
}

export type RoleSync = (trx: Transaction, by: Provisioner, change: readonly [GroupState, GroupState]) => Promise<void>

const NOTHING: Granted = { roles: [], purposes: [], mayRestore: false }

/**
 * Who came into a mapped group or left it has from now on the roles that all of its groups give. There is no other way to a
 * role: SCIM's own `roles` are not read. A group that gives no role here changes nobody.
 */
export function createRoleSync(deps: RoleSyncDeps): RoleSync {
  const { store, principals, principalStore, identityProviders, recordChange } = deps
  return async (trx, by, [before, after]) => {
    const { tenant } = by
    const provider = await identityProviders.get(tenant, by.identityProvider)
    const isRenamed = before.displayName !== after.displayName || before.externalId !== after.externalId
    const moved = isRenamed ? new Set([...before.members, ...after.members]) : difference(before.members, after.members)
    if (moved.size === 0 || !isMapped(provider, [before, after])) return
    const known = new Map((await principals.list(tenant)).map((principal) => [principal.id, principal.roles]))
    for (const { principal, groups } of await store.listHeldIn(trx, by, [...moved])) {
      const granted = grantedBy(groups, provider)
      // Who is disabled stays as it is: the roles follow at the next log-in.
      if (!(await principalStore.putIn(trx, { tenant, id: principal, kind: 'human', ...granted }))) continue
      if (granted.roles.join() === known.get(principal)?.join()) continue
      const codes = ['identity-provider', 'scim']
      await recordChange(trx, { actor: by, kind: 'principal.put', object: principal, codes })
    }
  }
}

/** Roles that must not meet in one person give none. */
function grantedBy(groups: readonly string[], { groups: mappings }: IdentityProvider): Granted {
  try {
    return mapGroups(groups, mappings)
  } catch (error) {
    if (error instanceof AppError && error.code === 'auth.no-role') return NOTHING
    throw error
  }
}

function isMapped({ groups }: IdentityProvider, states: readonly GroupState[]): boolean {
  return groups.some(({ group }) => states.some((state) => state.displayName === group || state.externalId === group))
}

function difference(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const [old, now] = [new Set(before), new Set(after)]
  return new Set([...before.filter((id) => !now.has(id)), ...after.filter((id) => !old.has(id))])
}
