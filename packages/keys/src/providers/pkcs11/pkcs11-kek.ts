import { randomBytes } from 'node:crypto'
import type { Handle, Mechanism } from 'pkcs11js'
import { NONCE_BYTES, TAG_BYTES } from '../../aead.ts'
import { withDeadline } from '../../deadline.ts'
import { assertDekBytes, assertWrappedBy, kekError } from '../../kek-provider.ts'
import type { KekProvider } from '../../kek-provider.ts'
import { encodeKeyContext } from '../../key-context.ts'
import { findKeys, labelOf } from './keys.ts'
import type { TokenKey } from './keys.ts'
import { CK, isGeneralError, loadPkcs11, toKekError } from './library.ts'
import type { Pkcs11Library } from './library.ts'
import { openToken } from './token.ts'
import type { Pkcs11TokenOptions } from './token.ts'

export interface Pkcs11KekOptions extends Pkcs11TokenOptions {
  /** Default `pkcs11`. */
  readonly name?: string
  /** Default 2,000. */
  readonly timeoutMs?: number
}

/** CK_PARAMS_AES_GCM_v240 of pkcs11js: the struct with ulIvBits, which tokens expect. */
const GCM_PARAMETERS = 7

/**
 * Key-encryption keys in a hardware security module (PKCS#11 v2.40, CKM_AES_GCM with the context as additional data).
 * Keys are made by `openPkcs11Admin`. Throws `keys.unavailable`, `keys.denied`, and `keys.destroyed` when the token holds
 * no key of the label.
 */
export async function createPkcs11KekProvider(
  options: Pkcs11KekOptions,
  library: Pkcs11Library = loadPkcs11(options.modulePath),
): Promise<KekProvider> {
  const { name = 'pkcs11', timeoutMs = 2000, environment } = options
  const label = labelOf(options)
  const token = await openToken(options, library)
  const all = await token.use((session) => findKeys(library, session, label))
  if (all.length === 0) throw kekError('keys.destroyed')
  const isExtractable = !all.every(({ isSealed }) => isSealed)

  const findCurrent = (session: Handle): TokenKey => {
    const keys = findKeys(library, session, label)
    const current = keys.findLast(({ mayEncrypt }) => mayEncrypt)
    if (!current) throw kekError(keys.length === 0 ? 'keys.destroyed' : 'keys.disabled')
    return current
  }

  return {
    kind: 'pkcs11',
    name,
    describe: () => ({ environment, isExtractable, bindsContext: true, authenticatesWraps: true }),
    currentVersion: async ({ signal } = {}) =>
      withDeadline({ timeoutMs, signal }, async () =>
        String(await token.use((session) => findCurrent(session).version)),
      ),
    async wrap(dek, context, { signal } = {}) {
      assertDekBytes(dek)
      const aad = Buffer.from(encodeKeyContext(context))
      return withDeadline({ timeoutMs, signal }, async () =>
        token.use(async (session) => {
          const { handle, version } = findCurrent(session)
          const ciphertext = await seal(library, session, handle, dek, aad)
          return { provider: name, keyId: label, keyVersion: String(version), ciphertext }
        }),
      )
    },
    async unwrap(wrapped, context, { signal } = {}) {
      assertWrappedBy(name, wrapped)
      const aad = Buffer.from(encodeKeyContext(context))
      if (wrapped.keyId !== label || wrapped.ciphertext.length <= NONCE_BYTES + TAG_BYTES)
        throw kekError('keys.corrupt')
      const dek = await withDeadline({ timeoutMs, signal }, async () =>
        token.use(async (session) => {
          const [key] = findKeys(library, session, label, Number(wrapped.keyVersion))
          if (!key) throw kekError('keys.destroyed')
          return openOrExplain(library, session, key.handle, wrapped.ciphertext, aad)
        }),
      )
      assertDekBytes(dek)
      return dek
    },
    async close() {
      token.close()
    },
  }
}

function mechanism(nonce: Buffer, aad: Buffer): Mechanism {
  const parameter = { type: GCM_PARAMETERS, iv: nonce, aad, ivBits: NONCE_BYTES * 8, tagBits: TAG_BYTES * 8 }
  return { mechanism: CK.CKM_AES_GCM, parameter }
}

async function seal(
  library: Pkcs11Library,
  session: Handle,
  key: Handle,
  dek: Uint8Array,
  aad: Buffer,
): Promise<Uint8Array> {
  const nonce = randomBytes(NONCE_BYTES)
  library.C_EncryptInit(session, mechanism(nonce, aad), key)
  const body = await library.C_EncryptAsync(session, Buffer.from(dek), Buffer.alloc(dek.length + TAG_BYTES))
  return Buffer.concat([nonce, body])
}

async function open(
  library: Pkcs11Library,
  session: Handle,
  key: Handle,
  sealed: Uint8Array,
  aad: Buffer,
): Promise<Buffer> {
  library.C_DecryptInit(session, mechanism(Buffer.from(sealed.subarray(0, NONCE_BYTES)), aad), key)
  return library.C_DecryptAsync(session, Buffer.from(sealed.subarray(NONCE_BYTES)), Buffer.alloc(sealed.length))
}

/** Tokens may call a wrong tag a general error: if the key opens what it has just sealed, the wrapped key is at fault. */
async function openOrExplain(
  library: Pkcs11Library,
  session: Handle,
  key: Handle,
  sealed: Uint8Array,
  aad: Buffer,
): Promise<Buffer> {
  try {
    return await open(library, session, key, sealed, aad)
  } catch (error) {
    if (!isGeneralError(error)) throw toKekError(error)
    const probe = randomBytes(NONCE_BYTES)
    const opened = await open(library, session, key, await seal(library, session, key, probe, aad), aad)
    throw kekError(opened.equals(probe) ? 'keys.corrupt' : 'keys.unavailable', error)
  }
}
