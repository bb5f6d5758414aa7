import { AppError } from '@breakwater/kernel'
import { join } from 'node:path'
import { openBytes, sealBytes } from '../../aead.ts'
import { assertDekBytes, assertWrappedBy, kekError } from '../../kek-provider.ts'
import type { KekProvider } from '../../kek-provider.ts'
import { encodeKeyContext } from '../../key-context.ts'
import type { KeyEnvironment } from '../../key-context.ts'
import { addVersion, ensureKeyFile, importVersion, readKeyFile, setState } from './key-file.ts'
import type { KeyFile } from './key-file.ts'

export interface LocalKekOptions {
  /** Holds `kek.json`; made with mode 0700 when missing. */
  readonly dir: string
  /** What runs. A key file made for another environment is refused, and production refuses any key file. */
  readonly environment: KeyEnvironment
  /** Default `local`. */
  readonly name?: string
}

/** Keys in a file: for development. Whoever reads the file has them all. */
export interface LocalKekProvider extends KekProvider {
  /** Adds a version for new work and gives it. */
  rotate(): Promise<string>
  disable(keyVersion: string): Promise<void>
  enable(keyVersion: string): Promise<void>
  /** For ever: the secret leaves the file. Copies of the file keep theirs. */
  destroy(keyVersion: string): Promise<void>
}

/**
 * Opens or makes `kek.json` and wraps by AES-256-GCM with the context as additional data. The file is read at each call,
 * so another process's rotation holds at once. Throws `keys.environment-refused`, `keys.unavailable`.
 */
export async function createLocalKekProvider(options: LocalKekOptions): Promise<LocalKekProvider> {
  const { dir, environment, name = 'local' } = options
  if (environment === 'production') throw refuse('a key file is refused in production')
  const path = join(dir, 'kek.json')
  await ensureKeyFile(path, environment)
  if ((await readKeyFile(path)).environment !== environment) {
    throw refuse('the key file belongs to another environment than the one that runs')
  }
  let isClosed = false
  const read = async (signal?: AbortSignal): Promise<KeyFile> => {
    if (isClosed) throw kekError('keys.unavailable')
    const file = await readKeyFile(path)
    if (signal?.aborted) throw new AppError('request.aborted', { message: 'the caller gave up waiting for a key' })
    return file
  }

  return {
    kind: 'local',
    name,
    describe: () => ({ environment, isExtractable: true, bindsContext: true, authenticatesWraps: true }),
    currentVersion: async ({ signal } = {}) => String(currentOf(await read(signal)).version),
    async wrap(dek, context, { signal } = {}) {
      assertDekBytes(dek)
      const file = await read(signal)
      const { key, version } = importEnabled(currentOf(file))
      const ciphertext = sealBytes(key, dek, encodeKeyContext(context))
      return { provider: name, keyId: file.keyId, keyVersion: String(version), ciphertext }
    },
    async unwrap(wrapped, context, { signal } = {}) {
      assertWrappedBy(name, wrapped)
      const file = await read(signal)
      const held = file.versions.find((each) => String(each.version) === wrapped.keyVersion)
      if (!held || wrapped.keyId !== file.keyId) throw kekError('keys.corrupt')
      const dek = openBytes(importEnabled(held).key, wrapped.ciphertext, encodeKeyContext(context))
      if (!dek) throw kekError('keys.corrupt')
      assertDekBytes(dek)
      return dek
    },
    rotate: async () => String(await addVersion(path)),
    disable: async (keyVersion) => setState(path, keyVersion, 'disabled'),
    enable: async (keyVersion) => setState(path, keyVersion, 'enabled'),
    destroy: async (keyVersion) => setState(path, keyVersion, 'destroyed'),
    async close() {
      isClosed = true
    },
  }
}

function currentOf({ versions }: KeyFile): KeyFile['versions'][number] {
  const current = versions.at(-1)
  if (!current) throw kekError('keys.unavailable')
  return current
}

function importEnabled(held: KeyFile['versions'][number]): ReturnType<typeof withKey> {
  if (held.state === 'disabled') throw kekError('keys.disabled')
  if (held.state === 'destroyed') throw kekError('keys.destroyed')
  return withKey(held)
}

function withKey(held: KeyFile['versions'][number]): {
  readonly key: ReturnType<typeof importVersion>
  readonly version: number
} {
  return { key: importVersion(held), version: held.version }
}

function refuse(message: string): AppError {
  return new AppError('keys.environment-refused', { message })
}
