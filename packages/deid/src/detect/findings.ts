import type { Confirmation, Findings, Role } from '../types.ts'
import type { Candidate } from './patterns/pattern.ts'
import { CONFIRMING } from './propagate.ts'

/** What is found in one text by itself. */
export interface Found {
  readonly candidates: readonly Candidate[]
  /** What of it confirms something in the whole document. */
  readonly confirmations: readonly Confirmation[]
}

const HEADER_BYTES = 8
/** Three whole numbers of four bytes, one of class and role. */
const CONFIRMATION_BYTES = 16
/** Two whole numbers of four bytes, four indices of two, one score of eight. */
const CANDIDATE_BYTES = 24
const NONE = 0xffff
const DECODER = new TextDecoder()
const ENCODER = new TextEncoder()
const ROLES: readonly Role[] = ['unknown', 'patient', 'relative', 'household', 'employer', 'clinician', 'other']
const ROLE_BITS = 8

/** No candidate at all. */
export const NO_FINDINGS: Findings = packFindings({ candidates: [], confirmations: [] })

/** Whether nothing was found: then nothing is joined either, in a document whose other texts hold nothing. */
export function isEmptyFindings({ byteLength }: Findings): boolean {
  return byteLength === NO_FINDINGS.byteLength
}

/**
 * Candidates as bytes: places, then the words they are told in (classes, roles, rules, stages), each once. Bytes can be
 * counted, handed to another thread and wiped; they hold nothing of the text.
 */
export function packFindings({ candidates, confirmations }: Found): Findings {
  const words = new Map<string, number>()
  const indexOf = (word: string): number => {
    const known = words.get(word) ?? words.size
    words.set(word, known)
    return known
  }
  const rowsEnd = HEADER_BYTES + confirmations.length * CONFIRMATION_BYTES + candidates.length * CANDIDATE_BYTES
  const rows = new DataView(new ArrayBuffer(rowsEnd))
  rows.setInt32(0, candidates.length)
  rows.setInt32(4, confirmations.length)
  let at = HEADER_BYTES
  for (const { start, end, wordEnd, class: phiClass, role } of confirmations) {
    rows.setInt32(at, start)
    rows.setInt32(at + 4, end)
    rows.setInt32(at + 8, wordEnd)
    rows.setInt32(at + 12, (CONFIRMING.indexOf(phiClass) << ROLE_BITS) | ROLES.indexOf(role))
    at += CONFIRMATION_BYTES
  }
  for (const { start, end, class: phiClass, role, source, stage, score } of candidates) {
    rows.setInt32(at, start)
    rows.setInt32(at + 4, end)
    rows.setUint16(at + 8, indexOf(phiClass))
    rows.setUint16(at + 10, indexOf(role))
    rows.setUint16(at + 12, indexOf(source))
    rows.setUint16(at + 14, stage === undefined ? NONE : indexOf(stage))
    rows.setFloat64(at + 16, score)
    at += CANDIDATE_BYTES
  }
  const table = ENCODER.encode([...words.keys()].join('\n'))
  const packed = new Uint8Array(rowsEnd + table.length)
  packed.set(new Uint8Array(rows.buffer))
  packed.set(table, rowsEnd)
  return packed
}

/** Throws RangeError when the bytes are cut short. */
export function unpackFindings(packed: Findings): Candidate[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const count = view.getInt32(0)
  if (count === 0) return []
  const from = HEADER_BYTES + view.getInt32(4) * CONFIRMATION_BYTES
  const words = DECODER.decode(packed.subarray(from + count * CANDIDATE_BYTES)).split('\n')
  return Array.from({ length: count }, (_, index): Candidate => {
    const at = from + index * CANDIDATE_BYTES
    const stage = view.getUint16(at + 14)
    // Written by `packFindings` of the same program, in its own words.
    return {
      start: view.getInt32(at),
      end: view.getInt32(at + 4),
      class: words[view.getUint16(at + 8)],
      role: words[view.getUint16(at + 10)],
      source: words[view.getUint16(at + 12)],
      score: view.getFloat64(at + 16),
      ...(stage !== NONE && { stage: words[stage] }),
    } as Candidate
  })
}

/** What in these findings confirms something in the whole document. Throws RangeError when the bytes are cut short. */
export function unpackConfirmations(packed: Findings): Confirmation[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const found: Confirmation[] = []
  const end = HEADER_BYTES + view.getInt32(4) * CONFIRMATION_BYTES
  for (let at = HEADER_BYTES; at < end; at += CONFIRMATION_BYTES) {
    const kind = view.getInt32(at + 12)
    found.push({
      start: view.getInt32(at),
      end: view.getInt32(at + 4),
      wordEnd: view.getInt32(at + 8),
      class: CONFIRMING[kind >> ROLE_BITS] ?? 'NAME',
      role: ROLES[kind & ((1 << ROLE_BITS) - 1)] ?? 'unknown',
    })
  }
  return found
}
