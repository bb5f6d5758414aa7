import { AppError } from '@breakwater/kernel'

/** A linear-chain conditional random field. All arrays are read, none is changed. */
export interface Crf {
  readonly tags: number
  /** Row-major: from the tag before to the tag. */
  readonly transitions: Float64Array
  /** Adds the weights of one feature to `scores`. */
  addFeature(hash: number, scores: Float64Array, at: number): void
}

/** What the field says of one line: the best tags together, and the probability of each tag at each word. */
export interface Decoded {
  readonly best: Uint8Array
  /** Row-major: words times tags. */
  readonly probability: Float64Array
}

const MAGIC = 0x31435742
const HEADER_BYTES = 20
const EMPTY = -1

/**
 * Reads packed weights (training/spanish/train.py): "BWC1", counts, a scale, transitions, sorted hashes, weights, how many
 * a hash has, and their tags. Throws `detector.unavailable` when the bytes are not that.
 */
export function readCrf(bytes: Uint8Array, tagCount: number): Crf {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [magic, tags, keys, total] =
    bytes.length < HEADER_BYTES ? [] : [0, 4, 8, 12].map((at) => view.getUint32(at, true))
  if (magic !== MAGIC || tags !== tagCount || keys === undefined || total === undefined) throw damaged()
  if (bytes.length !== HEADER_BYTES + tags * tags * 4 + keys * 5 + total * 3) throw damaged()
  const scale = view.getFloat32(16, true)
  let at = HEADER_BYTES
  const transitions = Float64Array.from({ length: tags * tags }, (_, i) => view.getFloat32(at + i * 4, true))
  at += tags * tags * 4
  const keysAt = at
  at += keys * 4
  const weight = Float32Array.from({ length: total }, (_, i) => view.getInt16(at + i * 2, true) * scale)
  at += total * 2
  const counts = bytes.subarray(at, at + keys)
  const tag = bytes.slice(at + keys, at + keys + total)
  if (tag.some((value) => value >= tags)) throw damaged()

  // Open addressing, a quarter full at most.
  const bits = Math.max(4, 34 - Math.clz32(keys))
  const mask = 2 ** bits - 1
  const slotKey = new Uint32Array(mask + 1)
  const slotFrom = new Int32Array(mask + 1).fill(EMPTY)
  const slotSize = new Uint8Array(mask + 1)
  let from = 0
  for (let k = 0; k < keys; k++) {
    const key = view.getUint32(keysAt + k * 4, true)
    let slot = key & mask
    while (slotFrom[slot] !== EMPTY) slot = (slot + 1) & mask
    slotKey[slot] = key
    slotFrom[slot] = from
    slotSize[slot] = counts[k] ?? 0
    from += counts[k] ?? 0
  }
  if (from !== total) throw damaged()

  return {
    tags,
    transitions,
    addFeature(hash, scores, place) {
      let slot = hash & mask
      for (let first = slotFrom[slot] ?? EMPTY; first !== EMPTY; first = slotFrom[slot] ?? EMPTY) {
        if (slotKey[slot] === hash) {
          const end = first + (slotSize[slot] ?? 0)
          for (let i = first; i < end; i++) add(scores, place + (tag[i] ?? 0), weight[i] ?? 0)
          return
        }
        slot = (slot + 1) & mask
      }
    },
  }
}

function damaged(): AppError {
  return new AppError('detector.unavailable', { message: 'The weights of the Spanish tagger are damaged.' })
}

/** Viterbi and forward-backward over the scores of one line (words times tags). */
export function decodeLine({ tags, transitions }: Crf, scores: Float64Array, count: number): Decoded {
  return {
    best: findBest(tags, transitions, scores, count),
    probability: findMarginals(tags, transitions, scores, count),
  }
}

function findBest(tags: number, transitions: Float64Array, scores: Float64Array, count: number): Uint8Array {
  const from = new Uint8Array(count * tags)
  let now = scores.slice(0, tags)
  for (let i = 1; i < count; i++) {
    const next = new Float64Array(tags).fill(Number.NEGATIVE_INFINITY)
    for (let before = 0; before < tags; before++) {
      const base = now[before] ?? 0
      for (let tag = 0; tag < tags; tag++) {
        const score = base + (transitions[before * tags + tag] ?? 0)
        if (score > (next[tag] ?? 0)) {
          next[tag] = score
          from[i * tags + tag] = before
        }
      }
    }
    for (let tag = 0; tag < tags; tag++) add(next, tag, scores[i * tags + tag] ?? 0)
    now = next
  }
  const best = new Uint8Array(count)
  if (count === 0) return best
  best[count - 1] = now.indexOf(now.reduce((a, b) => Math.max(a, b)))
  for (let i = count - 1; i > 0; i--) best[i - 1] = from[i * tags + (best[i] ?? 0)] ?? 0
  return best
}

/** Scaled forward and backward passes: probabilities of each tag at each word, summing to 1. */
function findMarginals(tags: number, transitions: Float64Array, scores: Float64Array, count: number): Float64Array {
  const move = transitions.map(Math.exp)
  const emit = new Float64Array(count * tags)
  for (let i = 0; i < count; i++) {
    const row = i * tags
    let most = Number.NEGATIVE_INFINITY
    for (let tag = 0; tag < tags; tag++) most = Math.max(most, scores[row + tag] ?? 0)
    for (let tag = 0; tag < tags; tag++) emit[row + tag] = Math.exp((scores[row + tag] ?? 0) - most)
  }
  const forward = new Float64Array(count * tags)
  for (let i = 0; i < count; i++) {
    const row = i * tags
    if (i === 0) forward.set(emit.subarray(0, tags))
    else {
      for (let before = 0; before < tags; before++) {
        const mass = forward[row - tags + before] ?? 0
        if (mass < 1e-12) continue
        for (let tag = 0; tag < tags; tag++) add(forward, row + tag, mass * (move[before * tags + tag] ?? 0))
      }
      for (let tag = 0; tag < tags; tag++) scale(forward, row + tag, emit[row + tag] ?? 0)
    }
    normalise(forward, row, tags)
  }
  const backward = new Float64Array(count * tags).fill(1)
  for (let i = count - 2; i >= 0; i--) {
    const row = i * tags
    for (let tag = 0; tag < tags; tag++) {
      let sum = 0
      for (let after = 0; after < tags; after++) {
        const next = row + tags + after
        sum += (move[tag * tags + after] ?? 0) * (emit[next] ?? 0) * (backward[next] ?? 0)
      }
      backward[row + tag] = sum
    }
    normalise(backward, row, tags)
  }
  for (let i = 0; i < count; i++) {
    const row = i * tags
    for (let tag = 0; tag < tags; tag++) scale(forward, row + tag, backward[row + tag] ?? 0)
    normalise(forward, row, tags)
  }
  return forward
}

function add(values: Float64Array, at: number, value: number): void {
  values[at] = (values[at] ?? 0) + value
}

function scale(values: Float64Array, at: number, factor: number): void {
  values[at] = (values[at] ?? 0) * factor
}

function normalise(values: Float64Array, from: number, size: number): void {
  let sum = 0
  for (let i = from; i < from + size; i++) sum += values[i] ?? 0
  for (let i = from; i < from + size; i++) values[i] = sum > 0 ? (values[i] ?? 0) / sum : 1 / size
}
