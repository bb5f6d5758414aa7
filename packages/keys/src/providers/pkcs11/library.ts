import { createRequire } from 'node:module'
import { AppError } from '@breakwater/kernel'
import type * as pkcs11js from 'pkcs11js'
import { kekError } from '../../kek-provider.ts'
import type { KekErrorCode } from '../../kek-provider.ts'

/** The parts of Cryptoki (PKCS#11 v2.40) that are used. */
export type Pkcs11Library = Pick<
  pkcs11js.PKCS11,
  | 'C_CloseSession'
  | 'C_DecryptAsync'
  | 'C_DecryptInit'
  | 'C_DestroyObject'
  | 'C_EncryptAsync'
  | 'C_EncryptInit'
  | 'C_FindObjects'
  | 'C_FindObjectsFinal'
  | 'C_FindObjectsInit'
  | 'C_GenerateKey'
  | 'C_GetAttributeValue'
  | 'C_GetSlotList'
  | 'C_GetTokenInfo'
  | 'C_Login'
  | 'C_OpenSession'
  | 'C_SetAttributeValue'
>

/** Values of PKCS#11 v2.40, so that the addon is loaded by those only who have a token. */
export const CK = {
  CKA_CLASS: 0x000,
  CKA_TOKEN: 0x001,
  CKA_PRIVATE: 0x002,
  CKA_LABEL: 0x003,
  CKA_VALUE: 0x011,
  CKA_KEY_TYPE: 0x100,
  CKA_ID: 0x102,
  CKA_SENSITIVE: 0x103,
  CKA_ENCRYPT: 0x104,
  CKA_DECRYPT: 0x105,
  CKA_VALUE_LEN: 0x161,
  CKA_EXTRACTABLE: 0x162,
  CKA_NEVER_EXTRACTABLE: 0x164,
  CKA_ALWAYS_SENSITIVE: 0x165,
  CKF_SERIAL_SESSION: 0x4,
  CKF_RW_SESSION: 0x2,
  CKF_OS_LOCKING_OK: 0x2,
  CKK_AES: 0x1f,
  CKM_AES_KEY_GEN: 0x1080,
  CKM_AES_GCM: 0x1087,
  CKO_SECRET_KEY: 0x4,
  CKU_USER: 1,
} as const

const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191
const CKR_USER_ALREADY_LOGGED_IN = 0x100
/** SoftHSM's answer to a GCM tag that does not match, and any token's to trouble of its own. */
const CKR_GENERAL_ERROR = 0x005

/** Everything else is a token that does not work now. */
const CODES: Readonly<Record<number, KekErrorCode>> = {
  0x031: 'keys.throttled', // DEVICE_MEMORY
  0x0b1: 'keys.throttled', // SESSION_COUNT
  0x040: 'keys.corrupt', // ENCRYPTED_DATA_INVALID
  0x041: 'keys.corrupt', // ENCRYPTED_DATA_LEN_RANGE
  0x060: 'keys.destroyed', // KEY_HANDLE_INVALID
  0x082: 'keys.destroyed', // OBJECT_HANDLE_INVALID
  0x068: 'keys.disabled', // KEY_FUNCTION_NOT_PERMITTED
  0x0a0: 'keys.denied', // PIN_INCORRECT
  0x0a1: 'keys.denied', // PIN_INVALID
  0x0a2: 'keys.denied', // PIN_LEN_RANGE
  0x0a3: 'keys.denied', // PIN_EXPIRED
  0x0a4: 'keys.denied', // PIN_LOCKED
  0x101: 'keys.denied', // USER_NOT_LOGGED_IN
}

/**
 * Loads a vendor's library, once a process however often it is asked, and never unloads it: others in the process may
 * have sessions. Throws `keys.unavailable` when pkcs11js or the library is missing.
 */
export function loadPkcs11(modulePath: string): Pkcs11Library {
  const require = createRequire(import.meta.url)
  let addon: typeof pkcs11js
  try {
    addon = require('pkcs11js')
  } catch (cause) {
    throw new AppError('keys.unavailable', { message: 'PKCS#11 needs the optional package pkcs11js', cause })
  }
  const library = new addon.PKCS11()
  try {
    library.load(modulePath)
  } catch (cause) {
    throw new AppError('keys.unavailable', { message: 'the PKCS#11 library cannot be loaded', cause })
  }
  try {
    library.C_Initialize({ flags: CK.CKF_OS_LOCKING_OK })
  } catch (error) {
    if (codeOf(error) !== CKR_CRYPTOKI_ALREADY_INITIALIZED) throw toKekError(error)
  }
  return library
}

/** An answer of the token as a code of ours; what is no answer of a token passes through. */
export function toKekError(error: unknown): unknown {
  if (error instanceof AppError) return error
  return kekError(CODES[codeOf(error) ?? -1] ?? 'keys.unavailable', error)
}

export function isGeneralError(error: unknown): boolean {
  return codeOf(error) === CKR_GENERAL_ERROR
}

export function isAlreadyLoggedIn(error: unknown): boolean {
  return codeOf(error) === CKR_USER_ALREADY_LOGGED_IN
}

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}
