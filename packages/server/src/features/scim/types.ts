import type { ScimTokenInput } from '@breakwater/contract'
import type { Actor } from '../../platform/audit/change.ts'
import type { Credentials } from '../../platform/http/credentials.ts'

type SubjectAttribute = 'externalId' | 'userName'

export interface ScimToken {
  readonly id: string
  readonly identityProvider: string
  readonly subjectAttribute: SubjectAttribute
  readonly ranges: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** Which directory speaks. */
export interface Provisioner extends Actor {
  readonly identityProvider: string
  readonly subjectAttribute: SubjectAttribute
}

export interface ScimTokenService {
  list(tenant: string): Promise<readonly ScimToken[]>
  /** The secret is in the answer and nowhere else. Throws `resource.unknown`, `resource.conflict` for a third at once. */
  issue(actor: Actor, input: ScimTokenInput): Promise<ScimToken & { readonly token: string }>
  /** Throws `resource.unknown`. */
  revoke(actor: Actor, id: string): Promise<void>
  /** Throws `auth.missing`, `auth.invalid`, `auth.address-refused`. */
  authenticate(credentials: Credentials): Promise<Provisioner>
}

/** What is known of a person here: enough to be recognised and to be cut off. */
export interface ScimUser {
  readonly id: string
  readonly userName: string
  readonly externalId: string | undefined
  readonly isActive: boolean
  readonly version: number
  readonly createdAt: Date
  readonly changedAt: Date
  readonly principal: string
}

export type UserState = Pick<ScimUser, 'userName' | 'externalId' | 'isActive'>

export interface ScimGroup {
  readonly id: string
  readonly displayName: string
  readonly externalId: string | undefined
  /** Ids of users. */
  readonly members: readonly string[]
  readonly version: number
  readonly createdAt: Date
  readonly changedAt: Date
}

export type GroupState = Pick<ScimGroup, 'displayName' | 'externalId' | 'members'>

export interface Page<Item> {
  readonly total: number
  readonly items: readonly Item[]
}

/** One `attribute eq "value"`; several hold together. */
export interface Comparison {
  readonly attribute: string
  readonly value: string
}

export interface PageQuery {
  readonly filter: readonly Comparison[]
  /** From 1. */
  readonly startIndex: number
  readonly count: number
}

export interface Directory {
  listUsers(by: Provisioner, query: PageQuery): Promise<Page<ScimUser>>
  getUser(by: Provisioner, id: string): Promise<ScimUser>
  createUser(by: Provisioner, state: UserState): Promise<ScimUser>
  /** Deactivates at once when the new state says so. */
  changeUser(by: Provisioner, id: string, change: (state: UserState) => UserState): Promise<ScimUser>
  /** Deactivates, then forgets the names. */
  deleteUser(by: Provisioner, id: string): Promise<void>
  listGroups(by: Provisioner, query: PageQuery): Promise<Page<ScimGroup>>
  getGroup(by: Provisioner, id: string): Promise<ScimGroup>
  createGroup(by: Provisioner, state: GroupState): Promise<ScimGroup>
  changeGroup(by: Provisioner, id: string, change: (state: GroupState) => GroupState): Promise<ScimGroup>
  deleteGroup(by: Provisioner, id: string): Promise<void>
}
