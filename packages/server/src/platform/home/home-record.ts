import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@breakwater/kernel'
import { z } from 'zod'
import type { Environment } from '../db/installation.ts'
import { ENVIRONMENTS } from '../db/installation.ts'
import { writeFileWhole } from './write-file.ts'

const recordSchema = z.strictObject({
  version: z.literal(1),
  /** Fixed at the first start: what is good enough for development never becomes production by a setting. */
  environment: z.enum(ENVIRONMENTS),
  /** The first start came to its end: principals exist and their tokens were shown. */
  isSeeded: z.boolean(),
})
export type HomeRecord = z.infer<typeof recordSchema>

/**
 * What a home folder is; a new one is made for the environment. Throws `config.invalid` when its record cannot be read,
 * `environment.mismatch` when it was made for another.
 */
export async function openHomeRecord(home: string, environment: Environment): Promise<HomeRecord> {
  const path = join(home, 'home.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    const first: HomeRecord = { version: 1, environment, isSeeded: false }
    await writeHomeRecord(home, first)
    return first
  }
  const record = readRecord(text)
  if (record.environment === environment) return record
  throw new AppError('environment.mismatch', {
    message: 'the home folder was made for another environment than BREAKWATER_ENVIRONMENT says',
  })
}

function readRecord(text: string): HomeRecord {
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError('config.invalid', { message: 'home.json in the home folder is not one of this version', cause })
  }
}

export async function writeHomeRecord(home: string, record: HomeRecord): Promise<void> {
  await writeFileWhole(join(home, 'home.json'), `${JSON.stringify(record, undefined, 2)}\n`)
}
