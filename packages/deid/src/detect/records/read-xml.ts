import { decideCdaAttribute, decideCdaText } from './cda-elements.ts'
import { addCell, type Cell, CODE, type RecordExtent, TEXT, type Use } from './cell.ts'
import { decideFhir, idStart } from './fhir-members.ts'

/** What tells that the XML of a text is a record, whole or a piece of one. */
const CDA =
  /urn:hl7-org:v3|<(?:\w{1,16}:)?(?:ClinicalDocument|recordTarget|patientRole|assignedAuthor|assignedEntity|assignedPerson|substanceAdministration|effectiveTime|administrativeGenderCode|templateId)\b/
const FHIR = /xmlns="http:\/\/hl7\.org\/fhir"/
const TAG =
  /<(?:!--[\s\S]{0,20000}?-->|!\[CDATA\[|\?[\s\S]{0,500}?\?>|(\/?)(?:[\w-]{1,32}:)?([A-Za-z][\w-]{0,63})((?:\s{1,400}[\w:.-]{1,64}\s{0,8}=\s{0,8}(?:"[^"<]{0,2000}"|'[^'<]{0,2000}'))*)\s{0,400}(\/?)>)/g
const ATTRIBUTE = /([\w:.-]{1,64})\s{0,8}=\s{0,8}("[^"]*"|'[^']*')/g
const MAX_DEPTH = 200
/** Telephone numbers and addresses of mail begin behind what says which they are. */
const SCHEME = /^(?:tel|fax|mailto|callto|sip):/i

interface Element {
  readonly name: string
  /** Of FHIR: what the object says of itself. */
  resource: string
  system: string
  url: string
}

/** The records in the XML of a text: CDA, and FHIR as XML. Tags hold it together, texts and attributes are cells. Linear. */
export function readXml(text: string): RecordExtent[] {
  if (!text.includes('<')) return []
  const isFhir = FHIR.test(text)
  if (!isFhir && !CDA.test(text)) return []
  const cells: Cell[] = []
  const stack: Element[] = []
  let start = -1
  let end = 0
  TAG.lastIndex = 0
  for (let match = TAG.exec(text); match; match = TAG.exec(text)) {
    const { index } = match
    const [tag, closing, name = '', attributes = '', empty] = match
    if (start < 0) start = index
    else if (end < index) addCell(cells, text, end, index, isFhir ? TEXT : decideContent(stack))
    end = index + tag.length
    if (name === '') {
      if (tag.startsWith('<!--')) addCell(cells, text, index + 4, end - 3, TEXT)
      else if (tag.startsWith('<?')) readInstruction(text, index, tag, cells)
      continue
    }
    if (closing) {
      if (stack.at(-1)?.name === name) stack.pop()
      continue
    }
    const from = index + tag.indexOf(attributes, name.length)
    if (attributes !== '') readAttributes(text, from, attributes, name, stack, isFhir, cells)
    if (!empty && stack.length < MAX_DEPTH) stack.push({ name, resource: resourceOf(name, stack), system: '', url: '' })
  }
  return start < 0 ? [] : [{ start, end, cells }]
}

/** What shows a document may name the house that wrote it by its address. */
function readInstruction(text: string, from: number, tag: string, cells: Cell[]): void {
  for (const { 0: whole, 2: quoted = '', index } of tag.matchAll(ATTRIBUTE)) {
    const start = from + index + whole.length - quoted.length + 1
    addCell(cells, text, start, start + quoted.length - 2, TEXT)
  }
}

function resourceOf(name: string, stack: readonly Element[]): string {
  return /^[A-Z]/.test(name) ? name : (stack.at(-1)?.resource ?? '')
}

function decideContent(stack: readonly Element[]): Use {
  const [around, above, own] = [stack.at(-3), stack.at(-2), stack.at(-1)]
  return own ? decideCdaText(own.name, above?.name ?? '', around?.name ?? '') : TEXT
}

function readAttributes(
  text: string,
  from: number,
  attributes: string,
  element: string,
  stack: readonly Element[],
  isFhir: boolean,
  cells: Cell[],
): void {
  const root = /\broot\s{0,8}=\s{0,8}["']([^"']{0,100})/.exec(attributes)?.[1] ?? ''
  for (const { 0: whole, 1: name = '', 2: quoted = '', index } of attributes.matchAll(ATTRIBUTE)) {
    const value = quoted.slice(1, -1)
    const start = from + index + whole.length - quoted.length + 1
    const above = stack.at(-1)
    const use = isFhir
      ? decideValue(element, name, value, above)
      : decideCdaAttribute(element, name, value, root, above?.name ?? '')
    const isReference = isFhir && (element === 'reference' || element === 'fullUrl')
    const scheme = use.use === 'identifier' ? (SCHEME.exec(value)?.[0].length ?? 0) : 0
    addCell(cells, text, start + (isReference ? idStart(value) : scheme), start + value.length, use)
  }
}

/** FHIR writes a value as an attribute of the element that a member of JSON would be. */
function decideValue(element: string, attribute: string, value: string, above: Element | undefined): Use {
  if (attribute !== 'value') return attribute === 'id' ? TEXT : CODE
  if (above && element === 'system') above.system = value
  if (above && element === 'url') above.url = value
  const { name: parent = '', resource = '', system = '', url = '' } = above ?? {}
  return decideFhir({ name: element, parent: /^[A-Z]/.test(parent) ? '' : parent, resource, system, url }, value)
}
