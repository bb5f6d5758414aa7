import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'
import { createRecordTable } from './record-table.ts'
import type { RecordTable } from './record-table.ts'

/** Of a text: what it is, under whose key and which detection, without being it. */
export type TextKey = string

/**
 * What detection found in texts that were seen before: places and classes, no text. Each tenant has its own part, under a
 * key of its own, with a bound of its own; what falls out is overwritten.
 */
export interface FindingsMemory {
  /** `context` is everything besides the text that detection depends on. */
  keyOf(tenant: string, context: string, text: string): TextKey
  /** What `read` makes of it at once: the bytes themselves may be overwritten at any time. */
  get<Value>(tenant: string, key: TextKey, read: (bytes: Uint8Array<ArrayBuffer>) => Value): Value | undefined
  set(tenant: string, key: TextKey, bytes: Uint8Array): void
  /** Overwrites what is too old. */
  forget(): void
  /** Overwrites everything, keys too. */
  wipe(): void
  readonly bytes: number
}

export interface FindingsMemoryOptions {
  readonly clock: Clock
  /** Of all tenants together. */
  readonly maxBytes: number
  readonly maxBytesPerTenant: number
  readonly maxAgeMs: number
}

interface Part {
  /** Random, of this process: a key of this memory says nothing outside it. */
  readonly secret: Buffer
  readonly records: RecordTable
}

const SECRET_BYTES = 32
const BLOCK_BYTES = 65_536
/** A tenant's part is at least so many blocks: what is dropped is dropped by the block. */
const LEAST_BLOCKS = 16
/** No two pairs of context and text are one. */
const BETWEEN = '\0'

export function createFindingsMemory(options: FindingsMemoryOptions): FindingsMemory {
  const { clock, maxBytes, maxBytesPerTenant, maxAgeMs } = options
  /** Least recently asked first. */
  const parts = new Map<string, Part>()
  let newest: string | undefined
  const blockBytes = Math.min(BLOCK_BYTES, maxBytesPerTenant / LEAST_BLOCKS)

  function partOf(tenant: string): Part {
    const last = newest && parts.get(newest)
    // Mostly the one that asked last asks again. A Map in which each moves to its end is copied all the time.
    if (newest === tenant && last) return last
    newest = tenant
    const part = parts.get(tenant) ?? { secret: randomBytes(SECRET_BYTES), records: createRecordTable(blockBytes) }
    parts.delete(tenant)
    parts.set(tenant, part)
    return part
  }

  function countBytes(): number {
    let sum = 0
    for (const { records } of parts.values()) sum += records.bytes
    return sum
  }

  function dropAll({ secret, records }: Part): void {
    while (records.release());
    secret.fill(0)
  }

  /** The tenant that asked least recently gives first. */
  function releaseOldest(): boolean {
    for (const [tenant, part] of parts) {
      if (part.records.release()) return true
      parts.delete(tenant)
    }
    return false
  }

  /** False when the bounds leave no room for such a record. */
  function makeRoom({ records }: Part, keyLength: number, length: number): boolean {
    const isLarge = keyLength + length > blockBytes / 4
    for (;;) {
      const more = records.bytesFor(keyLength, length)
      if (more === 0) return true
      if (records.bytes + more > maxBytesPerTenant) {
        if (!(isLarge ? records.release() : records.recycle())) return false
      } else if (countBytes() + more > maxBytes) {
        if (!releaseOldest()) return false
      } else return true
    }
  }

  return {
    // The secret before what it is about is enough for what never leaves: nobody sees a key that could be continued. An
    // HMAC takes ten times as long, and there is one for each text.
    keyOf: (tenant, context, text) =>
      createHash('sha256').update(partOf(tenant).secret).update(`${context}${BETWEEN}${text}`).digest('base64'),
    get(tenant, key, read) {
      const records = parts.get(tenant)?.records
      const found = records?.get(key)
      if (!records || !found) return undefined
      if (clock.now().getTime() - found.at > maxAgeMs) {
        records.delete(key)
        return undefined
      }
      return read(found.bytes)
    },
    set(tenant, key, bytes) {
      const part = partOf(tenant)
      if (makeRoom(part, key.length, bytes.length)) part.records.set(key, bytes, clock.now().getTime())
      else part.records.delete(key)
    },
    forget() {
      const eldest = clock.now().getTime() - maxAgeMs
      for (const [tenant, { records }] of parts) {
        records.forget(eldest)
        if (records.bytes === 0) parts.delete(tenant)
      }
    },
    wipe() {
      for (const part of parts.values()) dropAll(part)
      parts.clear()
    },
    get bytes() {
      return countBytes()
    },
  }
}
