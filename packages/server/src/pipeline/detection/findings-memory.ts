import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '@breakwater/kernel'

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

interface Remembered {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly at: number
}

interface Part {
  /** Random, of this process: a key of this memory says nothing outside it. */
  readonly secret: Buffer
  /** Least recently used first. */
  readonly entries: Map<TextKey, Remembered>
  bytes: number
}

/** What an entry costs besides its bytes. */
const ENTRY_BYTES = 256
const SECRET_BYTES = 32
/** No two pairs of context and text are one. */
const BETWEEN = '\0'

export function createFindingsMemory(options: FindingsMemoryOptions): FindingsMemory {
  const { clock, maxBytes, maxBytesPerTenant, maxAgeMs } = options
  /** Least recently used first. */
  const parts = new Map<string, Part>()
  let total = 0

  function partOf(tenant: string): Part {
    const part = parts.get(tenant) ?? { secret: randomBytes(SECRET_BYTES), entries: new Map(), bytes: 0 }
    parts.delete(tenant)
    parts.set(tenant, part)
    return part
  }

  function drop(part: Part, key: TextKey, { bytes }: Remembered): void {
    part.entries.delete(key)
    const size = bytes.length + ENTRY_BYTES
    part.bytes -= size
    total -= size
    bytes.fill(0)
  }

  function dropOldest(part: Part): boolean {
    const [oldest] = part.entries
    if (oldest) drop(part, ...oldest)
    return oldest !== undefined
  }

  function dropAll(part: Part): void {
    while (dropOldest(part));
    part.secret.fill(0)
  }

  /** The tenant that asked least recently gives first. */
  function makeRoom(own: Part): void {
    while (own.bytes > maxBytesPerTenant && dropOldest(own));
    for (const [tenant, part] of parts) {
      if (total <= maxBytes) return
      while (total > maxBytes && dropOldest(part));
      if (part.entries.size > 0 || part === own) continue
      dropAll(part)
      parts.delete(tenant)
    }
  }

  return {
    // The secret before what it is about is enough for what never leaves: nobody sees a key that could be continued. An
    // HMAC takes ten times as long, and there is one for each text.
    keyOf: (tenant, context, text) =>
      createHash('sha256').update(partOf(tenant).secret).update(`${context}${BETWEEN}${text}`).digest('base64'),
    get(tenant, key, read) {
      const part = parts.get(tenant)
      const found = part?.entries.get(key)
      if (!part || !found) return undefined
      if (clock.now().getTime() - found.at > maxAgeMs) {
        drop(part, key, found)
        return undefined
      }
      part.entries.delete(key)
      part.entries.set(key, found)
      return read(found.bytes)
    },
    set(tenant, key, bytes) {
      const part = partOf(tenant)
      const known = part.entries.get(key)
      if (known) drop(part, key, known)
      const size = bytes.length + ENTRY_BYTES
      if (size > maxBytesPerTenant) return
      part.entries.set(key, { bytes: Uint8Array.from(bytes), at: clock.now().getTime() })
      part.bytes += size
      total += size
      makeRoom(part)
    },
    forget() {
      const eldest = clock.now().getTime() - maxAgeMs
      for (const part of parts.values()) {
        for (const [key, remembered] of part.entries) if (remembered.at < eldest) drop(part, key, remembered)
      }
    },
    wipe() {
      for (const part of parts.values()) dropAll(part)
      parts.clear()
    },
    get bytes() {
      return total
    },
  }
}
