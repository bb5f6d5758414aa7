import { join } from 'node:path'
import { createLocalKekProvider, createLocalKeyring } from '@breakwater/keys'
import type { AppDeps } from '../app.ts'
import type { Closers } from './closers.ts'
import type { Databases } from './databases.ts'
import type { Process } from './process.ts'

/**
 * The keyring and the providers of key-encryption keys. In development both are files of the home folder. Throws
 * `keys.unavailable`, `keys.environment-refused`.
 */
export async function openKeys(
  { home, record }: Process,
  _databases: Databases,
  closers: Closers,
): Promise<Pick<AppDeps, 'keyring' | 'keyProviders'>> {
  const dir = join(home, 'keys')
  const local = await createLocalKekProvider({ dir, environment: record.environment })
  closers.add(async () => local.close())
  return { keyring: await createLocalKeyring({ dir }), keyProviders: [local] }
}
