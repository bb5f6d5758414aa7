import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { PolicyCase } from '@breakwater/contract'
import { policyCasesSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { PolicySet } from './types.ts'

const SHIPPED = new URL('../../../policies/', import.meta.url)
const SCHEMA = 'schema.cedarschema'
const CASES = 'cases.json'

/**
 * The policies of a folder, or those this version ships: one a file, its name the policy's id. Given to the engine by id,
 * because a text of several policies gets numbers for ids. A folder without a schema is meant for this version's.
 */
export async function readPolicyFolder(folder: URL = SHIPPED): Promise<PolicySet> {
  const names = (await readdir(folder)).sort()
  const texts = names
    .filter((name) => name.endsWith('.cedar'))
    .map(async (name) => [basename(name, '.cedar'), await readFile(new URL(name, folder), 'utf8')])
  return {
    schema: await readFile(new URL(SCHEMA, names.includes(SCHEMA) ? folder : SHIPPED), 'utf8'),
    policies: Object.fromEntries(await Promise.all(texts)),
  }
}

/** The table of cases that lies in the folder as cases.json. Throws `policy.invalid` when it is none. */
export async function readPolicyCases(folder: URL = SHIPPED): Promise<readonly PolicyCase[]> {
  const text = await readFile(new URL(CASES, folder), 'utf8').catch((cause: unknown) => {
    throw new AppError('policy.invalid', { message: `the folder holds no ${CASES}`, cause })
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new AppError('policy.invalid', { message: `${CASES} is not JSON`, cause })
  }
  const parsed = policyCasesSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [row, field] = parsed.error.issues[0]?.path ?? []
  throw new AppError('policy.invalid', {
    message: `${CASES}: row ${Number(row) + 1} is no case${typeof field === 'string' && field in FIELDS ? `: ${field}` : ''}`,
  })
}

// Names that a message may repeat.
const FIELDS: Readonly<Record<string, true>> = {
  name: true,
  principal: true,
  action: true,
  purpose: true,
  expect: true,
  fields: true,
  classes: true,
  resource: true,
}
