/**
 * Bytes by key, in blocks that are used again and again: what is kept costs what it says, and what is dropped leaves nothing
 * for the garbage collector, which would let it lie for minutes.
 */
export interface RecordTable {
  /** Counts as a use. A view into a block: until the next change. */
  get(key: string): { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number } | undefined
  /** In a new block where `bytesFor` says so. */
  set(key: string, bytes: Uint8Array, at: number): void
  delete(key: string): void
  /** What a record of these lengths would add to `bytes`: 0 where it fits into what is there. */
  bytesFor(keyLength: number, length: number): number
  /** Overwrites the oldest block. False when there is none. */
  release(): boolean
  /** The same, and makes it the newest, with those of its records that were used since, for at most half of it. */
  recycle(): boolean
  /** Overwrites what was set before this time. */
  forget(before: number): void
  /** Of blocks and index. */
  readonly bytes: number
}

interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly words: Int32Array<ArrayBuffer>
  readonly times: Float64Array<ArrayBuffer>
  /** Where the next record begins. */
  end: number
  /** Records that are not deleted. */
  live: number
}

/** Of a record: its time in 8 bytes, then four words of 4 bytes; then what it holds, then its key. */
const HEAD_BYTES = 24
const [KEY_LENGTH, LENGTH, HASH, STATE] = [2, 3, 4, 5]
const FRESH = 0
const USED = 1
const DELETED = 2
/** Records begin at multiples of this, so that what they hold can be read as numbers. */
const UNIT = 8
const LEAST_PLACES = 64
const FULL_SHARE = 0.75

/** Keys are of ASCII. A record that does not fit into half a block gets a block of its own. */
export function createRecordTable(blockBytes: number): RecordTable {
  const unitsOfBlock = Math.ceil(blockBytes / UNIT)
  /** By number; a number that is free is used again. */
  const blocks: (Block | undefined)[] = []
  const free: number[] = []
  /** Numbers of blocks, oldest first; records go into the last. */
  const order: number[] = []
  /** Open addressing: number of the block and unit of the record, plus one; 0 where there is none. */
  let places = new Int32Array(0)
  let live = 0
  let total = 0

  const blockOf = (location: number): Block => blocks[Math.floor(location / unitsOfBlock)] ?? fail()
  const startOf = (location: number): number => (location % unitsOfBlock) * UNIT
  const wordOf = (block: Block, start: number, word: number): number => block.words[start / 4 + word] ?? 0
  const locate = (number: number, start: number): number => number * unitsOfBlock + start / UNIT

  function isKey(block: Block, start: number, key: string): boolean {
    if (wordOf(block, start, KEY_LENGTH) !== key.length) return false
    const from = start + HEAD_BYTES + wordOf(block, start, LENGTH)
    for (let at = 0; at < key.length; at++) if (block.bytes[from + at] !== key.charCodeAt(at)) return false
    return true
  }

  function hashAt(location: number): number {
    return wordOf(blockOf(location), startOf(location), HASH)
  }

  /** The place that names the record, or -1. */
  function findPlace(key: string, hash: number): number {
    const mask = places.length - 1
    if (mask < 0) return -1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const location = (places[place] ?? 0) - 1
      if (location < 0) return -1
      const block = blockOf(location)
      const start = startOf(location)
      if (wordOf(block, start, HASH) === hash && isKey(block, start, key)) return place
    }
  }

  function findPlaceOf(location: number): number {
    const mask = places.length - 1
    let place = hashAt(location) & mask
    while (places[place] !== location + 1) place = (place + 1) & mask
    return place
  }

  function addPlace(location: number): void {
    const mask = places.length - 1
    let place = hashAt(location) & mask
    while (places[place] !== 0) place = (place + 1) & mask
    places[place] = location + 1
  }

  /** Those behind it move up, so that no search stops short of them. */
  function clearPlace(place: number): void {
    const mask = places.length - 1
    let hole = place
    for (let next = (hole + 1) & mask; places[next] !== 0; next = (next + 1) & mask) {
      const home = hashAt((places[next] ?? 0) - 1) & mask
      // Whether its home lies behind the hole, going round.
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      places[hole] = places[next] ?? 0
      hole = next
    }
    places[hole] = 0
  }

  function remove(location: number): void {
    clearPlace(findPlaceOf(location))
    const block = blockOf(location)
    const start = startOf(location)
    block.words[start / 4 + STATE] = DELETED
    const from = start + HEAD_BYTES
    block.bytes.fill(0, from, from + wordOf(block, start, LENGTH) + wordOf(block, start, KEY_LENGTH))
    block.live -= 1
    live -= 1
  }

  /** Every record of a block, deleted ones too. */
  function starts(block: Block): readonly number[] {
    const found: number[] = []
    for (let start = 0; start < block.end; start += sizeAt(block, start)) found.push(start)
    return found
  }

  const sizeAt = (block: Block, start: number): number =>
    sizeOf(wordOf(block, start, KEY_LENGTH), wordOf(block, start, LENGTH))

  function isLive(block: Block, start: number): boolean {
    return wordOf(block, start, STATE) !== DELETED
  }

  function addBlock(bytes: number): number {
    const buffer = new ArrayBuffer(Math.ceil(bytes / UNIT) * UNIT)
    const number = free.pop() ?? blocks.length
    blocks[number] = {
      bytes: new Uint8Array(buffer),
      words: new Int32Array(buffer),
      times: new Float64Array(buffer),
      end: 0,
      live: 0,
    }
    // One of a single record leaves the block that others go into where it is: last.
    order.splice(buffer.byteLength === unitsOfBlock * UNIT ? order.length : -1, 0, number)
    total += buffer.byteLength
    return number
  }

  function dropBlock(number: number): void {
    const block = blocks[number] ?? fail()
    for (const start of starts(block)) if (isLive(block, start)) remove(locate(number, start))
    block.bytes.fill(0)
    total -= block.bytes.length
    blocks[number] = undefined
    free.push(number)
  }

  const growth = (): number => (live + 1 > places.length * FULL_SHARE ? Math.max(LEAST_PLACES, places.length) : 0)

  function growIndex(): void {
    const known = places
    places = new Int32Array(Math.max(LEAST_PLACES, known.length * 2))
    for (const location of known) if (location > 0) addPlace(location - 1)
  }

  function lastBlock(): Block | undefined {
    const number = order.at(-1)
    return number === undefined ? undefined : blocks[number]
  }

  function bytesForRecord(size: number): number {
    if (size > blockBytes / 2) return size
    const last = lastBlock()
    return last && last.end + size <= last.bytes.length ? 0 : unitsOfBlock * UNIT
  }

  const table: RecordTable = {
    get(key) {
      const place = findPlace(key, hashOf(key))
      if (place < 0) return undefined
      const location = (places[place] ?? 0) - 1
      const block = blockOf(location)
      const start = startOf(location)
      block.words[start / 4 + STATE] = USED
      const bytes = new Uint8Array(block.bytes.buffer, start + HEAD_BYTES, wordOf(block, start, LENGTH))
      return { bytes, at: block.times[start / UNIT] ?? 0 }
    },
    set(key, bytes, at) {
      table.delete(key)
      const size = sizeOf(key.length, bytes.length)
      const more = bytesForRecord(size)
      const number = more > 0 ? addBlock(more) : (order.at(-1) ?? fail())
      if (growth() > 0) growIndex()
      const block = blocks[number] ?? fail()
      const start = block.end
      const hash = hashOf(key)
      block.times[start / UNIT] = at
      block.words.set([key.length, bytes.length, hash, FRESH], start / 4 + KEY_LENGTH)
      block.bytes.set(bytes, start + HEAD_BYTES)
      for (let i = 0; i < key.length; i++) block.bytes[start + HEAD_BYTES + bytes.length + i] = key.charCodeAt(i)
      block.end += size
      block.live += 1
      live += 1
      addPlace(locate(number, start))
    },
    delete(key) {
      const place = findPlace(key, hashOf(key))
      if (place >= 0) remove((places[place] ?? 0) - 1)
    },
    bytesFor: (keyLength, length) =>
      bytesForRecord(sizeOf(keyLength, length)) + growth() * Int32Array.BYTES_PER_ELEMENT,
    release() {
      const number = order.shift()
      if (number === undefined) return false
      dropBlock(number)
      return true
    },
    recycle() {
      const number = order[0]
      const block = number === undefined ? undefined : blocks[number]
      if (number === undefined || !block) return false
      // One of its own size is of no use to others.
      if (block.bytes.length !== unitsOfBlock * UNIT) return table.release()
      let end = 0
      for (const start of starts(block)) {
        if (!isLive(block, start)) continue
        const location = locate(number, start)
        const size = sizeAt(block, start)
        if (wordOf(block, start, STATE) !== USED || end + size > blockBytes / 2) {
          remove(location)
          continue
        }
        const place = findPlaceOf(location)
        block.bytes.copyWithin(end, start, start + size)
        block.words[end / 4 + STATE] = FRESH
        places[place] = locate(number, end) + 1
        end += size
      }
      block.bytes.fill(0, end)
      block.end = end
      order.push(order.shift() ?? fail())
      return true
    },
    forget(before) {
      // From behind: what is taken out moves none that is still to come.
      for (let index = order.length - 1; index >= 0; index--) {
        const number = order[index] ?? fail()
        const block = blocks[number] ?? fail()
        for (const start of starts(block)) {
          if (isLive(block, start) && (block.times[start / UNIT] ?? 0) < before) remove(locate(number, start))
        }
        if (block.live > 0) continue
        order.splice(index, 1)
        dropBlock(number)
      }
      if (live === 0) places = new Int32Array(0)
    },
    get bytes() {
      return total + places.byteLength
    },
  }
  return table
}

function sizeOf(keyLength: number, length: number): number {
  return Math.ceil((HEAD_BYTES + length + keyLength) / UNIT) * UNIT
}

/** FNV-1a. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return hash | 0
}

function fail(): never {
  throw new RangeError('a record is not where it was')
}
