import { readFile } from 'node:fs/promises'
import { AppError } from '@breakwater/kernel'
import type { Config } from '../config.ts'
import type { DatabaseTls } from '../platform/db/database.ts'

type FileSetting = Extract<keyof Config, `${string}_FILE`>

/** The text of the file that a setting names; undefined when it names none. Throws `config.invalid`. */
export async function readSettingFile(config: Config, setting: FileSetting): Promise<string | undefined> {
  const path = config[setting]
  if (path === undefined) return undefined
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('config.invalid', { message: `${setting}: the file cannot be read`, cause })
  })
}

/** What the settings say of the way to the database; undefined without an authority. Throws `config.invalid`. */
export async function readDatabaseTls(config: Config): Promise<DatabaseTls | undefined> {
  const ca = await readSettingFile(config, 'BREAKWATER_DATABASE_CA_FILE')
  const certificate = await readSettingFile(config, 'BREAKWATER_DATABASE_CERT_FILE')
  const key = await readSettingFile(config, 'BREAKWATER_DATABASE_KEY_FILE')
  if (ca === undefined) return undefined
  return { ca, ...(certificate !== undefined && { certificate }), ...(key !== undefined && { key }) }
}
