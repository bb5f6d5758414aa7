import { AppError } from '@breakwater/kernel'
import { kekError } from '../../kek-provider.ts'
import { findKeys, idOf, labelOf } from './keys.ts'
import type { TokenKey } from './keys.ts'
import { CK, loadPkcs11 } from './library.ts'
import type { Pkcs11Library } from './library.ts'
import { openToken } from './token.ts'
import type { Pkcs11TokenOptions } from './token.ts'

/** What an administrator of keys does at a token. Nothing here reads a key or unwraps one. */
export interface Pkcs11Admin {
  /** Makes a version that new work uses: AES-256, sensitive, not extractable. Gives its number. */
  rotate(): Promise<string>
  /** Neither wraps nor unwraps until it is enabled. */
  disable(keyVersion: string): Promise<void>
  enable(keyVersion: string): Promise<void>
  /**
   * For ever: what it wrapped is lost with it. Throws `resource.conflict` for the newest, whose number the next would
   * take: make another first.
   */
  destroy(keyVersion: string): Promise<void>
  close(): void
}

const KEY_BYTES = 32

/** Throws `keys.unavailable`, `keys.denied`; its methods `keys.destroyed` for a version that is not there. */
export async function openPkcs11Admin(
  options: Pkcs11TokenOptions,
  library: Pkcs11Library = loadPkcs11(options.modulePath),
): Promise<Pkcs11Admin> {
  const label = labelOf(options)
  const token = await openToken(options, library)

  const change = async (keyVersion: string, how: (key: TokenKey, session: Buffer) => void): Promise<void> =>
    token.use((session) => {
      const [key] = findKeys(library, session, label, Number(keyVersion))
      if (!key) throw kekError('keys.destroyed')
      how(key, session)
    }, true)

  const permit = async (keyVersion: string, value: boolean): Promise<void> =>
    change(keyVersion, ({ handle }, session) =>
      library.C_SetAttributeValue(session, handle, [
        { type: CK.CKA_ENCRYPT, value },
        { type: CK.CKA_DECRYPT, value },
      ]),
    )

  return {
    rotate: async () =>
      token.use((session) => {
        const version = (findKeys(library, session, label).at(-1)?.version ?? 0) + 1
        library.C_GenerateKey(session, { mechanism: CK.CKM_AES_KEY_GEN }, [
          { type: CK.CKA_CLASS, value: CK.CKO_SECRET_KEY },
          { type: CK.CKA_TOKEN, value: true },
          { type: CK.CKA_PRIVATE, value: true },
          { type: CK.CKA_SENSITIVE, value: true },
          { type: CK.CKA_EXTRACTABLE, value: false },
          { type: CK.CKA_ENCRYPT, value: true },
          { type: CK.CKA_DECRYPT, value: true },
          { type: CK.CKA_VALUE_LEN, value: KEY_BYTES },
          { type: CK.CKA_LABEL, value: label },
          { type: CK.CKA_ID, value: idOf(version) },
        ])
        return String(version)
      }, true),
    disable: async (keyVersion) => permit(keyVersion, false),
    enable: async (keyVersion) => permit(keyVersion, true),
    destroy: async (keyVersion) =>
      change(keyVersion, ({ handle, version }, session) => {
        if (findKeys(library, session, label).at(-1)?.version === version) {
          throw new AppError('resource.conflict', { message: 'the newest version of a key is not destroyed' })
        }
        library.C_DestroyObject(session, handle)
      }),
    close: () => token.close(),
  }
}
