import { AppError } from '@breakwater/kernel'
import { readConfig } from '../config.ts'
import type { MigrationOptions } from './databases.ts'
import { readDatabaseTls } from './setting-file.ts'

/** What `breakwater migrate` reads of the settings: it is none of the programs. Throws `config.invalid`. */
export async function readMigrationOptions(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<MigrationOptions> {
  const relevant = Object.entries(environment).filter(([key]) => /^BREAKWATER_(DATABASE_|ENVIRONMENT$)/.test(key))
  const config = readConfig({ ...Object.fromEntries(relevant), BREAKWATER_PROGRAM: 'sequencer' })
  const { BREAKWATER_DATABASE_URL: url, BREAKWATER_ENVIRONMENT: purpose } = config
  if (url === undefined)
    throw new AppError('config.invalid', { message: 'invalid setting: BREAKWATER_DATABASE_URL: required' })
  const tls = await readDatabaseTls(config)
  return { url, environment: purpose, log: () => undefined, ...(tls && { tls }) }
}
