import { addCell, type Cell, CODE, type RecordExtent, TERM, type Use } from './cell.ts'
import { cut, type Range } from './cut.ts'
import { HL7_FIELDS } from './hl7-fields.ts'
import { bySelf, DEGREE, HL7_TYPES, type Hl7Type, VALUE_TYPES } from './hl7-types.ts'

/** A segment at the start of a line, of a frame, or after an escaped line's end; a header wherever it stands. */
const SEGMENT = /(?:(?<=^|[\r\n\v]|\\[rn])[ \t]{0,8}(?:[A-Z][A-Z0-9]{2})\||(?:MSH|FHS|BHS)\|(?=\^))/g
const SEGMENT_END = /[\r\n]|\\[rn](?=[A-Z][A-Z0-9]{2}\||\\[rn]|[\s"'`]|$)/g
const OWN_SEGMENT = /^Z[A-Z0-9]{2}$/

/** HL7's and the vendors' coding systems in the third component: the first three are a code. */
const SYSTEM =
  /^(?:LN|SCT2?|SNM3?|SNOMED(?:-?CT)?|I9C?|I10[A-Z]?|ICD\w{1,8}|C4|C5|CPT\w?|HCPCS|NDC|RXNORM|CVX|MVX|NCIT?|UCUM|ISO[+]?|ISO3166\w*|CDCREC|CDCPHINVS|NIP\d{3}|HL7\w{1,8}|HL7nnnn|W4|LOINC|FDDX|MED\w{0,3}|UB\d{2}|AS4|PHINVS)$/i

const FIELDS: ReadonlyMap<string, ReadonlyMap<number, Hl7Type>> = new Map(
  Object.entries(HL7_FIELDS).map(([segment, fields]) => [
    segment,
    new Map(
      fields.split(' ').flatMap((field): [number, Hl7Type][] => {
        const [number = '', kind = ''] = field.split(':')
        const type = HL7_TYPES[kind]
        return type ? [[Number(number), type]] : []
      }),
    ),
  ]),
)

interface Signs {
  readonly component: string
  readonly repetition: string
  readonly subcomponent: string
}

const USUAL: Signs = { component: '^', repetition: '~', subcomponent: '&' }

/** Segments of HL7 v2 in a text, each an extent; those of a message need no header. Linear. */
export function readHl7(text: string): RecordExtent[] {
  if (!text.includes('|')) return []
  const extents: RecordExtent[] = []
  let signs = USUAL
  SEGMENT.lastIndex = 0
  for (let match = SEGMENT.exec(text); match; match = SEGMENT.exec(text)) {
    const bar = SEGMENT.lastIndex - 1
    const name = text.slice(bar - 3, bar)
    const isHeader = name === 'MSH' || name === 'FHS' || name === 'BHS'
    if (!FIELDS.has(name) && !(OWN_SEGMENT.test(name) && extents.length > 0)) continue
    SEGMENT_END.lastIndex = bar
    const end = SEGMENT_END.exec(text)?.index ?? text.length
    if (isHeader) signs = readSigns(text, bar)
    extents.push({ start: bar - 3, end, cells: readSegment(text, name, bar, end, signs, isHeader) })
    SEGMENT.lastIndex = end
  }
  return extents
}

function readSigns(text: string, bar: number): Signs {
  const [component = '^', repetition = '~', , subcomponent = '&'] = text.slice(bar + 1, bar + 5)
  const isUsual = /^[^\w\s|]{3}$/.test(component + repetition + subcomponent)
  return isUsual ? { component, repetition, subcomponent } : USUAL
}

function readSegment(text: string, name: string, bar: number, end: number, signs: Signs, isHeader: boolean): Cell[] {
  const cells: Cell[] = [{ start: bar - 3, end: bar, ...CODE }]
  const types = FIELDS.get(name)
  let valueType = ''
  let number = isHeader ? 1 : 0
  for (let from = bar + 1; from <= end; ) {
    number++
    const next = text.indexOf('|', from)
    const to = next < 0 || next > end ? end : next
    if (name === 'OBX' && number === 2) valueType = text.slice(from, to).trim()
    const isValue = name === 'OBX' && number === 5
    const type = isValue ? HL7_TYPES[VALUE_TYPES[valueType] ?? 'text'] : types?.get(number)
    // The separators of a header name themselves.
    if (isHeader && number === 2) cells.push({ start: from, end: to, ...CODE })
    else if (to > from) readField(text, from, to, signs, type, `record.${name}-${number}`, cells)
    from = to + 1
  }
  return cells
}

function readField(
  text: string,
  from: number,
  to: number,
  signs: Signs,
  type: Hl7Type | undefined,
  rule: string,
  cells: Cell[],
): void {
  for (const repeated of cut(text, from, to, signs.repetition)) {
    const components = cut(text, repeated.start, repeated.end, signs.component)
    const isCoded = isCode(text, components, 2)
    const isCodedTwice = isCode(text, components, 5)
    const isMisplaced = !isCoded && isPerson(text, components, type !== undefined)
    const kind = isMisplaced ? HL7_TYPES['clinician'] : type
    for (const [index, component] of components.entries())
      for (const { start, end } of cut(text, component.start, component.end, signs.subcomponent)) {
        if (start === end) continue
        const value = text.slice(start, end).trim()
        addCell(
          cells,
          text,
          start,
          end,
          decide(index + 1, value, kind, rule, index < 3 ? isCoded : index < 6 && isCodedTwice),
        )
      }
  }
}

/** A code that names its system is one in any field whose kind is not known. */
function decide(component: number, value: string, type: Hl7Type | undefined, rule: string, isCoded: boolean): Use {
  if (type) return type(component, value, rule)
  if (isCoded) return component === 2 || component === 5 ? TERM : CODE
  return bySelf(value, rule)
}

function isCode(text: string, components: readonly Range[], system: number): boolean {
  const range = components[system]
  return range !== undefined && SYSTEM.test(text.slice(range.start, range.end))
}

const NUMBER = /^\s*[\w.-]*\d[\w.-]*\s*$/
const PART_OF_NAME = /^\s*\p{L}[\p{L}\p{M}'\u2019. -]{0,60}$/u

/** A number, a family name and a given one, in a field of which nobody knows what it holds; with a degree, in any field. */
function isPerson(text: string, components: readonly Range[], needsDegree: boolean): boolean {
  const read = (index: number): string => {
    const range = components[index]
    return range ? text.slice(range.start, range.end) : ''
  }
  if (!NUMBER.test(read(0)) || !PART_OF_NAME.test(read(1)) || !PART_OF_NAME.test(read(2))) return false
  return !needsDegree || DEGREE.test(read(5)) || DEGREE.test(read(6))
}
