import type { Keyring } from '@breakwater/kernel'
import type { SecretBox } from '../../../platform/secrets/secret-box.ts'
import type { ScimUser, UserState } from '../types.ts'
import type { SealedNames, UserRow } from './store.ts'

/** Seals what names a person, and finds it again without opening. */
export interface Names {
  seal(tenant: string, id: string, names: Pick<UserState, 'userName' | 'externalId'>): SealedNames
  open(tenant: string, row: UserRow): ScimUser
  macUserName(tenant: string, userName: string): Buffer
  macExternalId(tenant: string, externalId: string): Buffer
}

export function createNames(box: SecretBox, keyring: Pick<Keyring, 'deriveMac'>): Names {
  // Under version 1 of the key for good: a MAC that changed would make a second user of a known one.
  const macOf = (tenant: string, attribute: string, value: string): Buffer =>
    Buffer.from(keyring.deriveMac('tokens', 1, tenant, ['scim', attribute])(value))
  const placeOf = (id: string, attribute: string): readonly string[] => ['scim-user', id, attribute]
  // User names know no case (RFC 7643 section 4.1.1).
  const macUserName = (tenant: string, userName: string): Buffer => macOf(tenant, 'userName', userName.toLowerCase())
  const macExternalId = (tenant: string, externalId: string): Buffer => macOf(tenant, 'externalId', externalId)

  return {
    macUserName,
    macExternalId,
    seal(tenant, id, { userName, externalId }) {
      const sealed = box.seal(tenant, placeOf(id, 'userName'), userName)
      return {
        sealedUserName: sealed.bytes,
        userNameMac: macUserName(tenant, userName),
        sealedExternalId:
          externalId === undefined ? null : box.seal(tenant, placeOf(id, 'externalId'), externalId).bytes,
        externalIdMac: externalId === undefined ? null : macExternalId(tenant, externalId),
        keyVersion: sealed.keyVersion,
      }
    },
    open(tenant, { id, principal, isActive, version, createdAt, changedAt, keyVersion, ...row }) {
      const read = (attribute: string, bytes: Buffer): string =>
        box.open(tenant, placeOf(id, attribute), { bytes, keyVersion })
      return {
        id,
        userName: read('userName', row.sealedUserName),
        externalId: row.sealedExternalId === null ? undefined : read('externalId', row.sealedExternalId),
        isActive,
        version,
        createdAt,
        changedAt,
        principal,
      }
    },
  }
}
