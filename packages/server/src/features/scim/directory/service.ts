import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock, Keyring } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Change, RecordChange, Transaction } from '../../../platform/audit/change.ts'
import type { SecretBox } from '../../../platform/secrets/secret-box.ts'
import type { IdentityProviderService } from '../../identity-providers/index.ts'
import type { PersonStore } from '../../people/index.ts'
import type { PrincipalService, PrincipalStore } from '../../principals/index.ts'
import type { Directory, GroupState, PageQuery, Provisioner, ScimUser, UserState } from '../types.ts'
import { createNames } from './names.ts'
import { createRoleSync } from './roles.ts'
import type { DirectoryStore, Find, GroupRow, UserRow } from './store.ts'

export interface DirectoryDeps {
  readonly store: DirectoryStore
  readonly people: Pick<PersonStore, 'addIn' | 'putGroupsIn' | 'withSubject'>
  /** Mappings that a recertification took away. */
  readonly listTakenGroups: (tenant: string) => Promise<readonly string[]>
  readonly principals: Pick<PrincipalService, 'list'>
  readonly principalStore: Pick<PrincipalStore, 'putIn'>
  readonly identityProviders: Pick<IdentityProviderService, 'get' | 'holdIn'>
  readonly box: SecretBox
  readonly keyring: Pick<Keyring, 'deriveMac'>
  readonly clock: Clock
  readonly recordChange: RecordChange
  /** Ends every session, grant and token of a person in the transaction; gives what is to be recorded with it. */
  readonly cutOffIn: (trx: Transaction, actor: Provisioner, principal: string) => Promise<readonly Change[]>
  /** Lets this replica see at once what the transaction changed. */
  readonly refresh: (tenant: string) => void
}

const ID_BYTES = 8
/** Until the person comes in and the identity provider says the name. */
const NAMELESS = 'not logged in yet'
const ALL = { offset: 0, limit: 1 }

export function createDirectory(deps: DirectoryDeps): Directory {
  const { store, people, principalStore, identityProviders, clock, recordChange, cutOffIn, refresh } = deps
  const names = createNames(deps.box, deps.keyring)
  const syncRoles = createRoleSync(deps)

  async function requireUser(trx: Transaction, by: Provisioner, id: string): Promise<UserRow> {
    const [row] = (await store.listUsersIn(trx, by, { id }, ALL)).items
    if (!row) throw unknown()
    return row
  }

  async function requireGroup(trx: Transaction, by: Provisioner, id: string): Promise<GroupRow> {
    const [row] = (await store.listGroupsIn(trx, by, { id }, ALL)).items
    if (!row) throw unknown()
    return row
  }

  async function requireFree(trx: Transaction, by: Provisioner, find: Find, ownId?: string): Promise<void> {
    const [taken] = (await store.listUsersIn(trx, by, find, ALL)).items
    if (taken && taken.id !== ownId) throw new AppError('resource.conflict', { message: 'this user is there already' })
  }

  async function requireMembers(trx: Transaction, by: Provisioner, { members }: GroupState): Promise<void> {
    if ((await store.countUsersIn(trx, by, members)) === new Set(members).size) return
    throw new AppError('body.invalid', { message: 'a member is no user here', field: '/members' })
  }

  const record = async (trx: Transaction, by: Provisioner, kind: UserKind, { id, principal }: UserRow): Promise<void> =>
    recordChange(trx, { actor: by, kind, object: id, principal, codes: [`via.${by.identityProvider}`] })

  /**
   * Enables or disables the principal as the new state says, and ends what it held; gives the row as it is to be kept and what
   * is to be recorded.
   */
  async function settle(
    trx: Transaction,
    by: Provisioner,
    row: UserRow,
    isActive: boolean,
  ): Promise<{ readonly row: UserRow; readonly ended: readonly Change[] }> {
    const at = clock.now()
    // Whoever comes back comes without what a version of before may have left.
    const ended = isActive && row.isActive ? [] : await cutOffIn(trx, by, row.principal)
    if (isActive) {
      if (!row.isActive) await store.enableIn(trx, by.tenant, row.principal)
      return { row: { ...row, isActive, disabledAt: null }, ended }
    }
    const isDisabling = await store.disableIn(trx, by.tenant, row.principal, at)
    return { row: { ...row, isActive, disabledAt: isDisabling ? at : row.disabledAt }, ended }
  }

  const recordAll = async (trx: Transaction, changes: readonly Change[]): Promise<void> => {
    for (const change of changes) await recordChange(trx, change)
  }

  async function changeUser(
    by: Provisioner,
    id: string,
    change: (state: UserState) => UserState,
    isDeleted = false,
  ): Promise<ScimUser> {
    const { tenant } = by
    const user = await store.transact(tenant, async (trx) => {
      await store.lockIn(trx, by)
      const row = await requireUser(trx, by, id)
      const before = names.open(tenant, row)
      const after = change(before)
      requireSameSubject(by, before, after)
      await requireFree(trx, by, { userNameMac: names.macUserName(tenant, after.userName) }, id)
      const { row: settled, ended } = await settle(trx, by, row, after.isActive)
      if (!isDeleted && isSame(before, after)) {
        await recordAll(trx, ended)
        return before
      }
      const at = clock.now()
      const kept: UserRow = { ...settled, version: row.version + 1, changedAt: at, ...names.seal(tenant, id, after) }
      if (isDeleted) await store.leaveGroupsIn(trx, by, id)
      await store.putUserIn(trx, by, isDeleted ? forget(tenant, kept) : kept, isDeleted ? at : null)
      await record(trx, by, kindOf(row.isActive, after.isActive), row)
      await recordAll(trx, ended)
      return names.open(tenant, kept)
    })
    refresh(tenant)
    return user
  }

  /** Nothing of a name stays in a row that is only kept for who was cut off when. */
  function forget(tenant: string, row: UserRow): UserRow {
    return {
      ...row,
      ...names.seal(tenant, row.id, { userName: '', externalId: undefined }),
      userNameMac: randomBytes(32),
    }
  }

  async function changeGroup(
    by: Provisioner,
    id: string,
    change: (state: GroupState) => GroupState,
  ): Promise<GroupRow> {
    const group = await store.transact(by.tenant, async (trx) => {
      await store.lockIn(trx, by)
      const before = await requireGroup(trx, by, id)
      const after = { ...before, ...change(before), version: before.version + 1, changedAt: clock.now() }
      await putGroup(trx, by, after)
      await syncRoles(trx, by, [before, after])
      return after
    })
    refresh(by.tenant)
    return group
  }

  async function putGroup(trx: Transaction, by: Provisioner, row: GroupRow): Promise<void> {
    const [taken] = (await store.listGroupsIn(trx, by, { displayName: row.displayName }, ALL)).items
    if (taken && taken.id !== row.id) {
      throw new AppError('resource.conflict', { message: 'a group of this name is there already' })
    }
    await requireMembers(trx, by, row)
    await store.putGroupIn(trx, by, row)
    const codes = [`via.${by.identityProvider}`]
    const counts = { members: row.members.length }
    await recordChange(trx, { actor: by, kind: 'scim.group-put', object: row.id, codes, counts })
  }

  return {
    changeUser: async (by, id, change) => changeUser(by, id, change),
    changeGroup,

    async deleteUser(by, id) {
      await changeUser(by, id, (state) => ({ ...state, isActive: false }), true)
    },

    listUsers: async (by, query) =>
      store.transact(by.tenant, async (trx) => {
        const page = await store.listUsersIn(trx, by, toUserFind(by, query), toWindow(query))
        return { ...page, items: page.items.map((row) => names.open(by.tenant, row)) }
      }),

    getUser: async (by, id) =>
      store.transact(by.tenant, async (trx) => names.open(by.tenant, await requireUser(trx, by, id))),

    async createUser(by, state) {
      const { tenant, identityProvider } = by
      const subject = state[by.subjectAttribute]
      if (subject === undefined) {
        const field = `/${by.subjectAttribute}`
        throw new AppError('body.invalid', { message: `${field} says who this is and must be there`, field })
      }
      const { issuer } = await identityProviders.get(tenant, identityProvider)
      const user = await people.withSubject(tenant, issuer, subject, async (trx, known) => {
        await store.lockIn(trx, by)
        await requireFree(trx, by, { userNameMac: names.macUserName(tenant, state.userName) })
        const principal = known ?? `person-${randomBytes(ID_BYTES).toString('hex')}`
        if (known === undefined) {
          const nothing = { roles: [], purposes: [], mayRestore: false }
          await principalStore.putIn(trx, { tenant, id: principal, kind: 'human', ...nothing })
          await people.addIn(trx, { tenant, principal, name: NAMELESS, issuer, subject, identityProvider, groups: [] })
        } else {
          await requireFree(trx, by, { principal })
        }
        const at = clock.now()
        const id = randomUUID()
        const first = { id, principal, isActive: false, disabledAt: null, version: 1, createdAt: at, changedAt: at }
        const { row, ended } = await settle(trx, by, { ...first, ...names.seal(tenant, id, state) }, state.isActive)
        await store.addUserIn(trx, by, row)
        await record(trx, by, 'scim.user-put', row)
        await recordAll(trx, ended)
        return names.open(tenant, row)
      })
      refresh(tenant)
      return user
    },

    listGroups: async (by, query) =>
      store.transact(by.tenant, async (trx) => {
        const find = Object.fromEntries(query.filter.map(({ attribute, value }) => [attribute, value]))
        return store.listGroupsIn(trx, by, requireUuids(find, ['id', 'member']), toWindow(query))
      }),

    getGroup: async (by, id) => store.transact(by.tenant, async (trx) => requireGroup(trx, by, id)),

    async createGroup(by, state) {
      const at = clock.now()
      const row = { ...state, id: randomUUID(), version: 1, createdAt: at, changedAt: at }
      await store.transact(by.tenant, async (trx) => {
        await store.lockIn(trx, by)
        await putGroup(trx, by, row)
        await syncRoles(trx, by, [{ ...row, members: [] }, row])
      })
      refresh(by.tenant)
      return row
    },

    async deleteGroup(by, id) {
      await store.transact(by.tenant, async (trx) => {
        await store.lockIn(trx, by)
        const before = await requireGroup(trx, by, id)
        await store.deleteGroupIn(trx, by, id)
        const codes = [`via.${by.identityProvider}`]
        await recordChange(trx, { actor: by, kind: 'scim.group-deleted', object: id, codes })
        await syncRoles(trx, by, [before, { ...before, members: [] }])
      })
      refresh(by.tenant)
    },
  }

  function toUserFind({ tenant }: Provisioner, { filter }: PageQuery): Find {
    const find = Object.fromEntries(
      filter.map(({ attribute, value }) => {
        if (attribute === 'userName') return ['userNameMac', names.macUserName(tenant, value)]
        if (attribute === 'externalId') return ['externalIdMac', names.macExternalId(tenant, value)]
        return [attribute, value]
      }),
    )
    return requireUuids(find, ['id'])
  }
}

type UserKind = 'scim.user-activated' | 'scim.user-deactivated' | 'scim.user-put'

function kindOf(wasActive: boolean, isActive: boolean): UserKind {
  if (wasActive === isActive) return 'scim.user-put'
  return isActive ? 'scim.user-activated' : 'scim.user-deactivated'
}

function isSame(before: UserState, after: UserState): boolean {
  return (
    before.userName === after.userName && before.externalId === after.externalId && before.isActive === after.isActive
  )
}

/** Who a user is does not change: it would give one person's past to another (45 CFR 164.312(a)(2)(i)). */
function requireSameSubject({ subjectAttribute }: Provisioner, before: UserState, after: UserState): void {
  if (before[subjectAttribute] === after[subjectAttribute]) return
  const field = `/${subjectAttribute}`
  throw new AppError('scim.immutable', { message: `${field} says who this is and stays`, field })
}

const NOBODY = '00000000-0000-0000-0000-000000000000'
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What cannot be an id is nobody's. */
function requireUuids(find: Find, fields: readonly ('id' | 'member')[]): Find {
  const broken = fields.filter((field) => find[field] !== undefined && !UUID.test(find[field] ?? ''))
  return { ...find, ...Object.fromEntries(broken.map((field) => [field, NOBODY])) }
}

function toWindow({ startIndex, count }: PageQuery): { readonly offset: number; readonly limit: number } {
  return { offset: startIndex - 1, limit: count }
}

function unknown(): AppError {
  return new AppError('resource.unknown', { message: 'no such user or group' })
}
