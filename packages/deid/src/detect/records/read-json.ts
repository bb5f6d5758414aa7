import { addCell, type Cell, CODE, type RecordExtent, TEXT } from './cell.ts'
import { decideFhir, idStart } from './fhir-members.ts'

interface Frame {
  readonly isList: boolean
  /** The member of the object that is being read; of a list, the list's. */
  key: string
  /** The member that the object is the value of; of a list, that of the object around it. */
  readonly parent: string
  resource: string
  system: string
  url: string
}

const MAX_DEPTH = 200
const MEMBER = /["'][\w-]{1,64}["']\s{0,8}:/

/**
 * JSON in a text, as far as it can be read: cut-off or with an error in it, each piece is an extent. Objects that name a
 * resource, and what stands in them, are FHIR; of others only what holds them together is told. Linear.
 */
export function readJson(text: string): RecordExtent[] {
  if (!text.includes('{') || !MEMBER.test(text)) return []
  const extents: RecordExtent[] = []
  const isFhir = /["']resourceType["']\s{0,8}:/.test(text)
  for (let start = text.indexOf('{'); start >= 0; ) {
    const extent = readObject(text, start, isFhir)
    if (extent.cells.length > 1) extents.push(extent)
    start = text.indexOf('{', Math.max(extent.end, start + 1))
  }
  return extents
}

function readObject(text: string, start: number, isFhir: boolean): RecordExtent {
  const cells: Cell[] = []
  const stack: Frame[] = []
  let keys = 0
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code <= 32 || code === 44 || code === 58) at++
    else if (code === 123 || code === 91) {
      if (stack.length >= MAX_DEPTH) break
      stack.push(open(code === 91, stack.at(-1)))
      at++
    } else if (code === 125 || code === 93) {
      stack.pop()
      at++
      if (stack.length === 0) break
    } else if (code === 34 || code === 39) {
      const end = endOfString(text, at, code)
      if (end < 0) break
      const top = stack.at(-1)
      if (top && !top.isList && followedByColon(text, end)) {
        top.key = text.slice(at + 1, end - 1)
        // Programs look values up by them; an odd one is a value, such as a name.
        cells.push({ start: at + 1, end: end - 1, ...(NAME_OF_MEMBER.test(top.key) ? CODE : TEXT) })
        keys++
      } else if (top) addValue(text, at + 1, end - 1, top, isFhir, cells)
      at = end
    } else {
      const end = endOfLiteral(text, at)
      const top = stack.at(-1)
      if (end === at || !top) break
      addValue(text, at, end, top, isFhir, cells)
      at = end
    }
  }
  return { start, end: at, cells: keys === 0 ? [] : cells }
}

const NAME_OF_MEMBER = /^_?[a-z][A-Za-z0-9]{0,40}$/

function open(isList: boolean, above: Frame | undefined): Frame {
  const inherited = { isList, resource: above?.resource ?? '', system: '', url: '' }
  if (isList) return { ...inherited, key: above?.key ?? '', parent: above?.parent ?? '' }
  return { ...inherited, key: '', parent: above?.key ?? '' }
}

function addValue(text: string, start: number, end: number, frame: Frame, isFhir: boolean, cells: Cell[]): void {
  const value = text.slice(start, end)
  if (!isFhir) {
    addCell(cells, text, start, end, TEXT)
    return
  }
  const { key: name, resource, system, url } = frame
  if (name === 'resourceType') frame.resource = value
  if (name === 'system') frame.system = value
  if (name === 'url') frame.url = value
  const use = decideFhir({ name, parent: frame.parent, resource, system, url }, value)
  const isReference = use.use === 'identifier' && /^(?:reference|fullUrl)$/.test(name)
  addCell(cells, text, start + (isReference ? idStart(value) : 0), end, use)
}

function endOfString(text: string, from: number, quote: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 92) at++
    else if (code === quote) return at + 1
    else if (code === 10) return -1
  }
  return -1
}

function followedByColon(text: string, from: number): boolean {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 32) at++
  return text.charCodeAt(at) === 58
}

const LITERAL = /(?:-?\d[\d.eE+-]{0,30}|true|false|null|True|False|None)(?![\w.])/y

function endOfLiteral(text: string, at: number): number {
  LITERAL.lastIndex = at
  return LITERAL.test(text) ? LITERAL.lastIndex : at
}
