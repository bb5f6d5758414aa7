import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import type { LogSigner } from '@breakwater/kernel'
import { readSecretFile, unavailable, writeSecretFile } from './secret-file.ts'

export interface LocalLogSignerOptions {
  /** Made with mode 0700 when missing. */
  readonly dir: string
  /** Name in signed notes, e.g. `breakwater.example/log`: no blanks, no plus. */
  readonly name: string
}

/** Signs with the Ed25519 key in `log-key.pem`, made on first use: for development. Throws `keys.unavailable`. */
export async function createLocalLogSigner({ dir, name }: LocalLogSignerOptions): Promise<LogSigner> {
  const path = join(dir, 'log-key.pem')
  if ((await readSecretFile(path)) === undefined) {
    const { privateKey } = generateKeyPairSync('ed25519')
    await writeSecretFile(path, String(privateKey.export({ format: 'pem', type: 'pkcs8' })), { ifAbsent: true })
  }
  const key = importKey(await readSecretFile(path))
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  return {
    name,
    publicKey: Buffer.from(x, 'base64url'),
    sign: async (message) => sign(null, message, key),
  }
}

function importKey(pem: string | undefined): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey(pem ?? '')
  } catch {
    key = undefined
  }
  if (key?.asymmetricKeyType !== 'ed25519') throw unavailable('the key file of the log is damaged')
  return key
}
