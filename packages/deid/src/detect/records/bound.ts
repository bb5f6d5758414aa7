import type { PhiClass } from '../../types.ts'
import type { Candidate } from '../patterns/pattern.ts'
import type { Cell, RecordExtent } from './cell.ts'
import { readHl7 } from './read-hl7.ts'
import { readJson } from './read-json.ts'
import { readX12 } from './read-x12.ts'
import { readXml } from './read-xml.ts'

/** The record says so: as sure as a label before a value. */
const SCORE = 0.95
/** In the name of a code, rules count that need a title or a label, or whose shape is nothing else. */
const STRONG = 0.7
const SURE = 0.9
const TERM_CLASSES: ReadonlySet<PhiClass> = new Set(['NAME', 'SSN', 'EMAIL', 'PHONE', 'MRN'])
const SIGN = /[\p{L}\p{N}]/u

/** The records of a text, in order and apart; where one stands inside of another, the outer one. */
export function readRecords(text: string): RecordExtent[] {
  const extents = [...readHl7(text), ...readX12(text), ...readXml(text), ...readJson(text)]
  if (extents.length < 2) return extents
  extents.sort((a, b) => a.start - b.start || b.end - a.end)
  let free = 0
  return extents.filter(({ start, end }) => {
    if (start < free) return false
    free = end
    return true
  })
}

/** The identifiers that records say themselves. */
export function findInRecords(extents: readonly RecordExtent[]): Candidate[] {
  return extents.flatMap(({ cells }) =>
    cells.flatMap((cell): Candidate[] => {
      if (cell.use !== 'identifier') return []
      const { start, end, class: phiClass, role, rule } = cell
      return [{ start, end, class: phiClass, role, score: SCORE, source: rule }]
    }),
  )
}

/**
 * Candidates as far as they keep to the cells of records: what goes over a separator is cut there, so that nothing takes
 * the place of what holds a record together. What a cell's place speaks against goes into `refused` too.
 */
export function boundByRecords(
  text: string,
  extents: readonly RecordExtent[],
  candidates: readonly Candidate[],
  refused: Set<Candidate>,
): readonly Candidate[] {
  if (extents.length === 0) return candidates
  return candidates.flatMap((candidate) =>
    cutByCells(text, extents, candidate).map(({ part, cell }) => {
      if (cell && !mayStand(cell, candidate)) refused.add(part)
      return part
    }),
  )
}

function mayStand(cell: Cell, { stage, class: phiClass, score, source }: Candidate): boolean {
  if (stage === 'known' || stage === 'site' || stage === 'propagation') return true
  if (cell.use === 'text') return true
  // The cell is one identifier: only what may never come back has another say.
  if (cell.use === 'identifier') return phiClass === 'SSN'
  if (stage === 'tagger') return false
  // A day in words or with signs between, where nobody looks for one.
  if (phiClass === 'DATE' && score >= SURE) return true
  if (cell.use === 'code') return phiClass === 'EMAIL' || (phiClass === 'SSN' && score > STRONG)
  return TERM_CLASSES.has(phiClass) && score >= STRONG && source !== 'name.listed'
}

interface CutPart {
  readonly part: Candidate
  readonly cell: Cell | undefined
}

/** The parts of a candidate outside of records, and in each cell that it touches. */
function cutByCells(text: string, extents: readonly RecordExtent[], candidate: Candidate): CutPart[] {
  const parts: CutPart[] = []
  const add = (start: number, end: number, cell: Cell | undefined): void => {
    if (end > start && SIGN.test(text.slice(start, end))) parts.push({ part: narrow(candidate, start, end), cell })
  }
  let at = candidate.start
  for (let i = firstBehind(extents, candidate.start); at < candidate.end; i++) {
    const extent = extents[i]
    if (!extent || extent.start >= candidate.end) {
      add(at, candidate.end, undefined)
      break
    }
    add(at, extent.start, undefined)
    const { cells } = extent
    for (let j = firstBehind(cells, candidate.start); ; j++) {
      const cell = cells[j]
      if (!cell || cell.start >= candidate.end) break
      add(Math.max(candidate.start, cell.start), Math.min(candidate.end, cell.end), cell)
    }
    at = Math.max(at, extent.end)
  }
  return parts
}

function narrow(candidate: Candidate, start: number, end: number): Candidate {
  return start === candidate.start && end === candidate.end ? candidate : { ...candidate, start, end }
}

/** The first of sorted ranges that ends behind a place. */
function firstBehind(ranges: readonly { readonly end: number }[], place: number): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle]?.end ?? 0) <= place) low = middle + 1
    else high = middle
  }
  return low
}
