import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeForms } from './encodings.ts'

/** Where a planted value was found. Names the value by its label: the report is no place for it either. */
export interface Hit {
  readonly label: string
  readonly form: string
  readonly source: string
  readonly offset: number
}

interface Needle {
  readonly label: string
  readonly form: string
  readonly bytes: Buffer
}

/** Finds planted values, in every form of `encodeForms`, in bytes and in files of any size. */
export interface Searcher {
  inBytes(bytes: Uint8Array, source: string): readonly Hit[]
  inFile(path: string): Promise<readonly Hit[]>
  /** Every regular file below a folder. A file that vanishes meanwhile holds nothing any more. */
  inFolder(folder: string): Promise<{ readonly hits: readonly Hit[]; readonly files: number }>
}

const BLOCK = 2
const CHUNK_BYTES = 4 * 1024 * 1024
// Shorter values would be found by chance, in the random bytes of keys and of compressed data.
const SHORTEST_VALUE = 6

/**
 * Many patterns in one pass, skipping what cannot end a match (S. Wu and U. Manber, "A fast algorithm for multi-pattern
 * searching", 1994): files of a database are large and there are hundreds of patterns.
 */
export function createSearcher(values: Readonly<Record<string, string>>): Searcher {
  const needles = Object.entries(values).flatMap(([label, value]): Needle[] => {
    if (value.length < SHORTEST_VALUE) throw new RangeError(`${label} is too short to be looked for`)
    return encodeForms(value).map((form) => ({ label, ...form }))
  })
  const window = Math.min(...needles.map(({ bytes }) => bytes.length))
  const longest = Math.max(...needles.map(({ bytes }) => bytes.length))
  const { shifts, buckets } = indexNeedles(needles, window)

  function scan(bytes: Buffer, source: string, base: number, onHit: (hit: Hit) => void): void {
    let end = window - 1
    while (end < bytes.length) {
      const block = ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0)
      const shift = shifts[block] ?? 0
      if (shift > 0) {
        end += shift
        continue
      }
      const start = end - window + 1
      for (const needle of buckets.get(block) ?? []) {
        if (bytes.subarray(start, start + needle.bytes.length).equals(needle.bytes)) {
          onHit({ label: needle.label, form: needle.form, source, offset: base + start })
        }
      }
      end += 1
    }
  }

  async function inFile(path: string): Promise<readonly Hit[]> {
    const found = new Map<string, Hit>()
    const file = await open(path)
    try {
      const buffer = Buffer.alloc(CHUNK_BYTES + longest)
      for (let base = 0, kept = 0; ; ) {
        const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES, base + kept)
        if (bytesRead === 0) break
        const held = kept + bytesRead
        // What is kept back is seen twice, so that a match across two reads is seen once.
        scan(buffer.subarray(0, held), path, base, (hit) => found.set(`${hit.label} ${hit.form} ${hit.offset}`, hit))
        kept = Math.min(held, longest - 1)
        buffer.copyWithin(0, held - kept, held)
        base += held - kept
      }
    } finally {
      await file.close()
    }
    return [...found.values()]
  }

  return {
    inBytes(bytes, source) {
      const hits: Hit[] = []
      scan(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), source, 0, (hit) => hits.push(hit))
      return hits
    },
    inFile,
    async inFolder(folder) {
      const hits: Hit[] = []
      let files = 0
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue
        const path = join(entry.parentPath, entry.name)
        hits.push(...(await inFile(path).catch(ignoreVanished)))
        files += 1
      }
      return { hits, files }
    },
  }
}

/** How far the window may move on, by the two bytes that end it; and what to compare when it may not. */
function indexNeedles(
  needles: readonly Needle[],
  window: number,
): { shifts: Uint8Array; buckets: Map<number, Needle[]> } {
  const shifts = new Uint8Array(65_536).fill(Math.min(window - BLOCK + 1, 255))
  const buckets = new Map<number, Needle[]>()
  for (const needle of needles) {
    for (let end = BLOCK - 1; end < window; end += 1) {
      const block = needle.bytes.readUInt16BE(end - 1)
      shifts[block] = Math.min(shifts[block] ?? 0, window - 1 - end)
    }
    const last = needle.bytes.readUInt16BE(window - BLOCK)
    buckets.set(last, [...(buckets.get(last) ?? []), needle])
  }
  return { shifts, buckets }
}

function ignoreVanished(error: unknown): readonly Hit[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
  throw error
}
