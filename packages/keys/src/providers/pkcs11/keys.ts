import type { Handle } from 'pkcs11js'
import { CK } from './library.ts'
import type { Pkcs11Library } from './library.ts'
import type { Pkcs11TokenOptions } from './token.ts'

/** One version of a key-encryption key on a token. Its number is in CKA_ID, big-endian. */
export interface TokenKey {
  readonly handle: Handle
  readonly version: number
  readonly mayEncrypt: boolean
  /** The token says that it was never outside and never can be. */
  readonly isSealed: boolean
}

const ID_BYTES = 4
const MAX_VERSIONS = 1000

/** `breakwater/<environment>/<name>`: a program of one environment cannot even name another's key. */
export function labelOf({ environment, keyName }: Pick<Pkcs11TokenOptions, 'environment' | 'keyName'>): string {
  return `breakwater/${environment}/${keyName}`
}

export function idOf(version: number): Buffer {
  const id = Buffer.alloc(ID_BYTES)
  id.writeUInt32BE(version)
  return id
}

/** Versions of the label, oldest first; of one version when it is given. */
export function findKeys(library: Pkcs11Library, session: Handle, label: string, version?: number): TokenKey[] {
  library.C_FindObjectsInit(session, [
    { type: CK.CKA_CLASS, value: CK.CKO_SECRET_KEY },
    { type: CK.CKA_KEY_TYPE, value: CK.CKK_AES },
    { type: CK.CKA_LABEL, value: label },
    ...(version === undefined ? [] : [{ type: CK.CKA_ID, value: idOf(version) }]),
  ])
  let handles: Handle[]
  try {
    handles = library.C_FindObjects(session, MAX_VERSIONS)
  } finally {
    library.C_FindObjectsFinal(session)
  }
  const keys = handles.map((handle) => describeKey(library, session, handle))
  return keys.filter(({ version: each }) => each > 0).sort((a, b) => a.version - b.version)
}

const DESCRIBED = [
  CK.CKA_ID,
  CK.CKA_ENCRYPT,
  CK.CKA_SENSITIVE,
  CK.CKA_EXTRACTABLE,
  CK.CKA_NEVER_EXTRACTABLE,
  CK.CKA_ALWAYS_SENSITIVE,
]

function describeKey(library: Pkcs11Library, session: Handle, handle: Handle): TokenKey {
  const attributes = library.C_GetAttributeValue(
    session,
    handle,
    DESCRIBED.map((type) => ({ type })),
  )
  const bytes = (type: number): Buffer =>
    Buffer.from((attributes.find((each) => each.type === type)?.value ?? []) as Buffer)
  const isSet = (type: number): boolean => bytes(type)[0] === 1
  const id = bytes(CK.CKA_ID)
  return {
    handle,
    version: id.length === ID_BYTES ? id.readUInt32BE() : 0,
    mayEncrypt: isSet(CK.CKA_ENCRYPT),
    isSealed:
      isSet(CK.CKA_SENSITIVE) &&
      !isSet(CK.CKA_EXTRACTABLE) &&
      isSet(CK.CKA_NEVER_EXTRACTABLE) &&
      isSet(CK.CKA_ALWAYS_SENSITIVE),
  }
}
