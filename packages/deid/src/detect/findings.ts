import type { Findings } from '../types.ts'
import type { Candidate } from './patterns/pattern.ts'

/** Two whole numbers of four bytes, four indices of two, one score of eight. */
const CANDIDATE_BYTES = 24
const NONE = 0xffff
const DECODER = new TextDecoder()

/** No candidate at all. */
export const NO_FINDINGS: Findings = packFindings([])

/** Whether nothing was found: then nothing is joined either, in a document whose other texts hold nothing. */
export function isEmptyFindings({ byteLength }: Findings): boolean {
  return byteLength === NO_FINDINGS.byteLength
}

/**
 * Candidates as bytes: places, then the words they are told in (classes, roles, rules, stages), each once. Bytes can be
 * counted, handed to another thread and wiped; they hold nothing of the text.
 */
export function packFindings(candidates: readonly Candidate[]): Findings {
  const words = new Map<string, number>()
  const indexOf = (word: string): number => {
    const known = words.get(word) ?? words.size
    words.set(word, known)
    return known
  }
  const rows = new DataView(new ArrayBuffer(candidates.length * CANDIDATE_BYTES))
  for (const [index, { start, end, class: phiClass, role, source, stage, score }] of candidates.entries()) {
    const at = index * CANDIDATE_BYTES
    rows.setUint32(at, start)
    rows.setUint32(at + 4, end)
    rows.setUint16(at + 8, indexOf(phiClass))
    rows.setUint16(at + 10, indexOf(role))
    rows.setUint16(at + 12, indexOf(source))
    rows.setUint16(at + 14, stage === undefined ? NONE : indexOf(stage))
    rows.setFloat64(at + 16, score)
  }
  const table = new TextEncoder().encode([...words.keys()].join('\n'))
  const packed = new Uint8Array(4 + rows.byteLength + table.length)
  new DataView(packed.buffer).setUint32(0, candidates.length)
  packed.set(new Uint8Array(rows.buffer), 4)
  packed.set(table, 4 + rows.byteLength)
  return packed
}

/** Throws RangeError when the bytes are cut short. */
export function unpackFindings(packed: Findings): Candidate[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const count = view.getUint32(0)
  if (count === 0) return []
  const words = DECODER.decode(packed.subarray(4 + count * CANDIDATE_BYTES)).split('\n')
  return Array.from({ length: count }, (_, index): Candidate => {
    const at = 4 + index * CANDIDATE_BYTES
    const stage = view.getUint16(at + 14)
    // Written by `packFindings` of the same program, in its own words.
    return {
      start: view.getUint32(at),
      end: view.getUint32(at + 4),
      class: words[view.getUint16(at + 8)],
      role: words[view.getUint16(at + 10)],
      source: words[view.getUint16(at + 12)],
      score: view.getFloat64(at + 16),
      ...(stage !== NONE && { stage: words[stage] }),
    } as Candidate
  })
}
