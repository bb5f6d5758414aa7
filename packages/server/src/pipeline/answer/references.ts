import { createHmac, randomBytes } from 'node:crypto'
import type { FindRemovals } from '../guard/remover.ts'
import { isRandomHex, isRandomUuid } from '../walk/random-id.ts'

const REFERENCE = /^[A-Za-z][A-Za-z0-9_-]{0,127}$/
const KEY_BYTES = 32
const DIGITS = 24

/**
 * Ids of one answer. A client sends them back, so each stays when it is no more than an id; another stands for one that is not,
 * always the same for the same one, and under a key of this answer alone.
 */
export function createReferences(find: FindRemovals): (value: string) => Promise<string> {
  let key: Buffer | undefined
  return async (value) => {
    if (value === '' || isRandomHex(value) || isRandomUuid(value)) return value
    if (REFERENCE.test(value) && (await find(value)).length === 0) return value
    key ??= randomBytes(KEY_BYTES)
    return `id_${createHmac('sha256', key).update(value).digest('hex').slice(0, DIGITS)}`
  }
}
