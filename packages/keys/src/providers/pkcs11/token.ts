import type { Handle } from 'pkcs11js'
import { kekError } from '../../kek-provider.ts'
import type { KeyEnvironment } from '../../key-context.ts'
import { readSecretFile, unavailable } from '../../secret-file.ts'
import { CK, isAlreadyLoggedIn, toKekError } from './library.ts'
import type { Pkcs11Library } from './library.ts'

export interface Pkcs11TokenOptions {
  /** The vendor's library, e.g. `/usr/lib/softhsm/libsofthsm2.so`. */
  readonly modulePath: string
  readonly tokenLabel: string
  /** Holds the user's PIN: a file of mode 0600 or less, or a systemd credential. Never a setting. */
  readonly pinFile: string
  /** In the key's label, with the environment: `breakwater/<environment>/<keyName>`. */
  readonly keyName: string
  readonly environment: KeyEnvironment
}

/** A token, logged in. Each use has a session of its own: Cryptoki allows one operation a session. */
export interface Pkcs11Token {
  /** Runs work in a session that is closed afterwards. Answers of the token become `KekErrorCode`s. */
  use<T>(work: (session: Handle, library: Pkcs11Library) => Promise<T> | T, mayWrite?: boolean): Promise<T>
  close(): void
}

/** Throws `keys.unavailable` when the PIN's file or the token is missing, `keys.denied` when the PIN is wrong. */
export async function openToken(options: Pkcs11TokenOptions, library: Pkcs11Library): Promise<Pkcs11Token> {
  const { tokenLabel, pinFile } = options
  /** Logged in while it is open: the login is the process's, not a session's. */
  let anchor: { readonly slot: Handle; readonly session: Handle } | undefined
  let isClosed = false

  const logIn = async (): Promise<Handle> => {
    if (isClosed) throw kekError('keys.unavailable')
    if (anchor) return anchor.slot
    const pin = (await readSecretFile(pinFile))?.trimEnd()
    if (pin === undefined || pin === '') throw unavailable('the file of the PIN is missing or empty')
    const slot = findSlot(library, tokenLabel)
    const session = library.C_OpenSession(slot, CK.CKF_SERIAL_SESSION)
    try {
      library.C_Login(session, CK.CKU_USER, pin)
    } catch (error) {
      if (!isAlreadyLoggedIn(error)) {
        library.C_CloseSession(session)
        throw error
      }
    }
    anchor = { slot, session }
    return slot
  }

  const drop = (): void => {
    const dropped = anchor
    anchor = undefined
    if (dropped) quietly(() => library.C_CloseSession(dropped.session))
  }

  const token: Pkcs11Token = {
    async use(work, mayWrite = false) {
      try {
        const slot = await logIn()
        const flags = CK.CKF_SERIAL_SESSION | (mayWrite ? CK.CKF_RW_SESSION : 0)
        const session = library.C_OpenSession(slot, flags)
        try {
          return await work(session, library)
        } finally {
          quietly(() => library.C_CloseSession(session))
        }
      } catch (error) {
        const refused = toKekError(error)
        // Pulled out, reset or logged out by somebody: the next use logs in again.
        if (!isAboutTheKey(refused)) drop()
        throw refused
      }
    },
    close() {
      isClosed = true
      drop()
    },
  }
  await token.use(() => undefined)
  return token
}

const ABOUT_THE_KEY: readonly unknown[] = ['keys.corrupt', 'keys.destroyed', 'keys.disabled']

function isAboutTheKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ABOUT_THE_KEY.includes(error.code)
}

function findSlot(library: Pkcs11Library, label: string): Handle {
  const slot = library.C_GetSlotList(true).find((each) => nameOf(library.C_GetTokenInfo(each).label) === label)
  if (!slot) throw unavailable('no token of that label is present')
  return slot
}

/** Blank-padded by the standard; some pad with zero bytes. */
function nameOf(label: string): string {
  return label.replaceAll('\0', ' ').trimEnd()
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // A session that is gone needs no closing.
  }
}
