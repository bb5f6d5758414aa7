import type { PhiClass, Role } from '../../types.ts'
import { addCell, type Cell, CODE, identifier, isCompactDate, type RecordExtent, TEXT, type Use } from './cell.ts'
import { cut, type Range } from './cut.ts'
import { X12_ELEMENTS } from './x12-elements.ts'

/** A header tells its own separators; a piece of an interchange is known by segments that nothing else begins with. */
const START =
  /(?<![A-Za-z0-9])(?:ISA(?=([^\w\s])[\d ]{2}\1)|(?:NM1|CLM|BHT|N4|DMG|REF|DTP|SBR|HL|CLP|SVC|SV1|SV2|PER|N3|HI)(?=\*[^\n~]{0,200}~))/g
const NAME = /^[A-Z][A-Z0-9]{1,2}$/
const HEADER_UNITS = 105
const SHORT = 3
/** Digits of a counter that begins anew with each interchange. */
const COUNTER = 4
/** Where words are expected: a number of whoever is meant. */
const RUN_OF_DIGITS = /^\S*\d{7}\S*$/
/** Roles of NM1-01 that are clinicians or their houses; the others are patients, subscribers and theirs. */
const CLINICIANS: ReadonlySet<string> = new Set('71 72 73 77 82 85 87 1P DK DN DQ FA P3 PE QB ZZ SJ'.split(' '))

/** Patients, subscribers and theirs, whatever NM1-02 says. */
const MEMBERS: ReadonlySet<string> = new Set('IL QC 03 74 GB S1 S3 31 70 45 QD HK'.split(' '))

/** The interchanges of X12 in a text, or what is left of one. Linear. */
export function readX12(text: string): RecordExtent[] {
  const extents: RecordExtent[] = []
  START.lastIndex = 0
  for (let match = START.exec(text); match; match = START.exec(text)) {
    const isHeader = match[1] !== undefined
    const element = match[1] ?? '*'
    const terminator = isHeader ? readTerminator(text, match.index) : '~'
    const component = isHeader ? text.charAt(match.index + HEADER_UNITS - 1) : ':'
    const extent = readSegments(text, match.index, { element, terminator, component })
    extents.push(extent)
    START.lastIndex = Math.max(extent.end, match.index + 1)
  }
  return extents
}

/** At its place, or, where a header was padded otherwise, before the next segment. */
function readTerminator(text: string, start: number): string {
  const fixed = text.charAt(start + HEADER_UNITS)
  if (/[^\w\s*|^:]/.test(fixed) || fixed === '\n') return fixed
  return /[^\w\s*|^:>](?=\s{0,4}GS)/.exec(text.slice(start, start + 2 * HEADER_UNITS))?.[0] ?? '~'
}

interface Signs {
  readonly element: string
  readonly terminator: string
  readonly component: string
}

function readSegments(text: string, start: number, signs: Signs): RecordExtent {
  const cells: Cell[] = []
  let end = start
  for (let from = start; from < text.length; ) {
    const found = findWithin(text, signs.terminator, from)
    const to = found < 0 ? endOfLine(text, from) : found
    let opens = from
    while (opens < to && text.charCodeAt(opens) <= 32) opens++
    const elements = cut(text, opens, to, signs.element)
    const name = text.slice(opens, elements[0]?.end ?? opens)
    // What is no segment ends the interchange: prose behind it.
    if (elements.length < 2 || !NAME.test(name)) break
    readElements(text, name, elements, signs, cells)
    end = to
    if (found < 0) break
    from = to + signs.terminator.length
  }
  return { start, end: Math.max(end, start + 1), cells }
}

/** Longer than segments are; without a bound, a text that never ends one would be searched again and again. */
const LONGEST = 2048

function findWithin(text: string, sign: string, from: number): number {
  const code = sign.charCodeAt(0)
  const limit = Math.min(text.length, from + LONGEST)
  for (let at = from; at < limit; at++) if (text.charCodeAt(at) === code) return at
  return -1
}

function endOfLine(text: string, from: number): number {
  const found = findWithin(text, '\n', from)
  return found < 0 ? Math.min(text.length, from + LONGEST) : found
}

function readElements(text: string, name: string, elements: readonly Range[], signs: Signs, cells: Cell[]): void {
  const values = elements.map(({ start, end }) => text.slice(start, end).trim())
  const kinds = X12_ELEMENTS[name]
  for (const [number, { start, end }] of elements.entries()) {
    if (number === 0) cells.push({ start, end, ...CODE })
    else if (start < end) readElement(number, start, end)
  }

  function readElement(number: number, start: number, end: number): void {
    const use = decide(name, number, values, kinds?.[number])
    // Codes and what has no place of its own come in parts.
    const parts = use.use === 'code' ? cut(text, start, end, signs.component) : [{ start, end }]
    for (const part of parts) addCell(cells, text, part.start, part.end, use)
  }
}

function decide(
  name: string,
  number: number,
  values: readonly string[],
  kind: (typeof X12_ELEMENTS)[string][number] | undefined,
): Use {
  const value = values[number] ?? ''
  const rule = `record.${name}-${String(number).padStart(2, '0')}`
  if (kind === undefined)
    return value.length <= SHORT ? CODE : isCompactDate(value) && value.length > 6 ? identifier('DATE', rule) : TEXT
  const told =
    typeof kind === 'string' ? kind : (kind.kinds[values[kind.by < 0 ? number - 1 : kind.by] ?? ''] ?? kind.or)
  if (told === 'code') return CODE
  if (told === 'control') return value.length <= COUNTER ? CODE : identifier('OTHER_ID', rule)
  if (told === 'text')
    return RUN_OF_DIGITS.test(value) ? identifier('OTHER_ID', rule) : decideText(name, number, values, rule)
  return { use: 'identifier', class: told, role: roleOf(name, values, told), rule }
}

/** The name of a house, which may be a person's practice or plan. */
function decideText(name: string, number: number, values: readonly string[], rule: string): Use {
  if (name !== 'NM1' || number !== 3) return TEXT
  return MEMBERS.has(values[1] ?? '') ? identifier('NAME', rule) : identifier('FACILITY', rule)
}

function roleOf(name: string, values: readonly string[], phiClass: PhiClass): Role {
  if (phiClass !== 'NAME' && phiClass !== 'LICENCE') return 'unknown'
  if (name === 'PER') return 'other'
  if (name !== 'NM1') return 'unknown'
  const role = values[1] ?? ''
  return CLINICIANS.has(role) ? 'clinician' : 'patient'
}
