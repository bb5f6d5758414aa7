import type { Findings } from '../types.ts'
import type { Candidate } from './patterns/pattern.ts'
import type { Confirmation } from './propagate.ts'

/** What is found in one text by itself. */
export interface Found {
  readonly candidates: readonly Candidate[]
  /** What of it confirms something in the whole document. */
  readonly confirmations: readonly Confirmation[]
}

const HEADER_BYTES = 8
/** Two whole numbers of four bytes, four indices of two, one score of eight. */
const CANDIDATE_BYTES = 24
/** Three whole numbers of four bytes, two indices of two. */
const CONFIRMATION_BYTES = 16
const NONE = 0xffff
const DECODER = new TextDecoder()
const ENCODER = new TextEncoder()

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
  const rowsEnd = HEADER_BYTES + candidates.length * CANDIDATE_BYTES + confirmations.length * CONFIRMATION_BYTES
  const rows = new DataView(new ArrayBuffer(rowsEnd))
  rows.setUint32(0, candidates.length)
  rows.setUint32(4, confirmations.length)
  let at = HEADER_BYTES
  for (const { start, end, class: phiClass, role, source, stage, score } of candidates) {
    rows.setUint32(at, start)
    rows.setUint32(at + 4, end)
    rows.setUint16(at + 8, indexOf(phiClass))
    rows.setUint16(at + 10, indexOf(role))
    rows.setUint16(at + 12, indexOf(source))
    rows.setUint16(at + 14, stage === undefined ? NONE : indexOf(stage))
    rows.setFloat64(at + 16, score)
    at += CANDIDATE_BYTES
  }
  for (const { start, end, wordEnd, class: phiClass, role } of confirmations) {
    rows.setUint32(at, start)
    rows.setUint32(at + 4, end)
    rows.setUint32(at + 8, wordEnd)
    rows.setUint16(at + 12, indexOf(phiClass))
    rows.setUint16(at + 14, indexOf(role))
    at += CONFIRMATION_BYTES
  }
  const table = ENCODER.encode([...words.keys()].join('\n'))
  const packed = new Uint8Array(rowsEnd + table.length)
  packed.set(new Uint8Array(rows.buffer))
  packed.set(table, rowsEnd)
  return packed
}

/** Throws RangeError when the bytes are cut short. */
export function unpackFindings(packed: Findings): Candidate[] {
  const { view, candidates, words } = open(packed)
  return Array.from({ length: candidates }, (_, index): Candidate => {
    const at = HEADER_BYTES + index * CANDIDATE_BYTES
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

/** Throws RangeError when the bytes are cut short. */
export function unpackConfirmations(packed: Findings): Confirmation[] {
  if (new DataView(packed.buffer, packed.byteOffset).getUint32(4) === 0) return []
  const { view, candidates, confirmations, words } = open(packed)
  return Array.from({ length: confirmations }, (_, index): Confirmation => {
    const at = HEADER_BYTES + candidates * CANDIDATE_BYTES + index * CONFIRMATION_BYTES
    return {
      start: view.getUint32(at),
      end: view.getUint32(at + 4),
      wordEnd: view.getUint32(at + 8),
      class: words[view.getUint16(at + 12)],
      role: words[view.getUint16(at + 14)],
    } as Confirmation
  })
}

interface Opened {
  readonly view: DataView
  readonly candidates: number
  readonly confirmations: number
  readonly words: readonly string[]
}

function open(packed: Findings): Opened {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const candidates = view.getUint32(0)
  const confirmations = view.getUint32(4)
  const rowsEnd = HEADER_BYTES + candidates * CANDIDATE_BYTES + confirmations * CONFIRMATION_BYTES
  const words = candidates + confirmations === 0 ? [] : readTable(packed, rowsEnd)
  return { view, candidates, confirmations, words }
}

/** Names of classes, roles, stages and rules: mostly a few short ones in ASCII. */
function readTable(packed: Findings, from: number): string[] {
  let table = ''
  for (let at = from; at < packed.length; at++) {
    const code = packed[at] ?? 0
    if (code >= 128) return DECODER.decode(packed.subarray(from)).split('\n')
    table += String.fromCharCode(code)
  }
  return table.split('\n')
}
