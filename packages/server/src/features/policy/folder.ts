import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { PolicySet } from './types.ts'

const SHIPPED = new URL('../../../policies/', import.meta.url)

/**
 * The policies this version ships: one a file, its name the policy's id. Given to the engine by id, because a text of
 * several policies gets numbers for ids.
 */
export async function readPolicyFolder(folder: URL = SHIPPED): Promise<PolicySet> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cedar')).sort()
  const texts = names.map(async (name) => [basename(name, '.cedar'), await readFile(new URL(name, folder), 'utf8')])
  return {
    schema: await readFile(new URL('schema.cedarschema', folder), 'utf8'),
    policies: Object.fromEntries(await Promise.all(texts)),
  }
}
