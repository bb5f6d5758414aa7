import { hashCodes, mix } from './hash.ts'

/** From a place of a text on, words stand where a record calls them so; 0 is plain text. */
export interface Place {
  readonly start: number
  readonly hash: number
  /** What stands here is a person's by the place alone: a name, an address, a day of birth. */
  readonly isPersonal: boolean
}

/** Fields and components of HL7 v2, elements of X12: `segment-field.component`. */
const PERSONAL_FIELDS =
  'PID-3.1 PID-5.1 PID-5.2 PID-5.3 PID-6.1 PID-6.2 PID-7.1 PID-9.1 PID-9.2 PID-11.1 PID-11.3 PID-19.1 NK1-2.1 NK1-2.2 NK1-4.1 NK1-4.3 ' +
  'GT1-3.1 GT1-3.2 GT1-5.1 GT1-5.3 GT1-8.1 GT1-12.1 IN1-16.1 IN1-16.2 IN1-18.1 IN1-19.1 IN1-19.3 MRG-1.1 MRG-7.1 MRG-7.2 PV1-7.2 PV1-7.3 ' +
  'PV1-8.2 PV1-8.3 PV1-9.2 PV1-9.3 PV1-17.2 PV1-17.3 OBR-16.2 OBR-16.3 ORC-12.2 ORC-12.3 NM1-3.1 NM1-4.1 NM1-5.1 N3-1.1 N4-1.1 DMG-2.1'
const PERSONAL_MEMBERS = ['family', 'given', 'birthDate']
const PERSONAL_ELEMENTS = ['family', 'given', 'streetAddressLine']

const LINE = /^[ \t]*([A-Z][A-Z0-9]{2})\|/gm
const ELEMENT_LINE = /(?:^|~)\s*([A-Z][A-Z0-9]{1,2})\*/g
const MEMBER = /"([A-Za-z_][\w-]{0,40})"\s{0,4}:/g
const TAG = /<(\/?)([A-Za-z][\w:.-]{0,60})|([A-Za-z][\w:.-]{0,60})="|\/?>|"(?=[\s/>?])/g
const nameHash = (name: string): number => hashCodes(name, 0, name.length)
const memberPlace = (name: string): number => mix(nameHash(name), 7, 0)
const elementPlace = (name: string): number => mix(nameHash(name), 8, 0)
const fieldPlace = (segment: string, field: number, component: number): number =>
  mix(nameHash(segment), field, component)

const FIELD_HASHES: ReadonlySet<number> = new Set(
  PERSONAL_FIELDS.split(' ').map((place) => {
    const [segment = '', field = '', component = ''] = place.split(/[-.]/)
    return fieldPlace(segment, Number(field), Number(component))
  }),
)
const MEMBER_HASHES: ReadonlySet<number> = new Set(PERSONAL_MEMBERS.map(memberPlace))
const ELEMENT_HASHES: ReadonlySet<number> = new Set(PERSONAL_ELEMENTS.map(elementPlace))
const NOBODY: ReadonlySet<number> = new Set()

const PLAIN = /```|\n\s*\n/g
/** A text with fewer is prose that quotes something. */
const FEWEST = 2

/**
 * Where the words of a text stand, as records tell it: field and component of a segment, member of JSON, element or
 * attribute of XML. Told by their signs alone, in four passes; a line without text ends a place. Sorted.
 */
export function readPlaces(text: string): Place[] {
  const places: Pick<Place, 'start' | 'hash'>[] = []
  if (text.includes('|')) readLines(text, LINE, '|', '^', /[\r\n]/g, places)
  if (text.includes('*')) readLines(text, ELEMENT_LINE, '*', ':', /~|\n\s*\n/g, places)
  if (text.includes('"')) readMembers(text, places)
  if (text.includes('</') || text.includes('/>')) readTags(text, places)
  if (places.length < FEWEST) return []
  for (const { index } of text.matchAll(PLAIN)) places.push({ start: index, hash: 0 })
  const personal = [
    FIELD_HASHES,
    // Of other JSON and XML a family may be one of fonts.
    text.includes('"resourceType"') ? MEMBER_HASHES : NOBODY,
    text.includes('<family') ? ELEMENT_HASHES : NOBODY,
  ]
  return places
    .map((place) => ({ ...place, isPersonal: personal.some((hashes) => hashes.has(place.hash)) }))
    .sort((a, b) => a.start - b.start)
}

/** Segments whose fields and components are counted. */
function readLines(
  text: string,
  opening: RegExp,
  field: string,
  component: string,
  closing: RegExp,
  places: Pick<Place, 'start' | 'hash'>[],
): void {
  for (const { 0: opened, 1: name = '', index } of text.matchAll(opening)) {
    const from = index + opened.length
    closing.lastIndex = from
    const end = closing.exec(text)?.index ?? text.length
    let [fields, components] = [1, 1]
    places.push(
      { start: index, hash: fieldPlace(name, 0, 1) },
      { start: from, hash: fieldPlace(name, fields, components) },
    )
    for (let at = from; at < end; at++) {
      const sign = text.charAt(at)
      if (sign === field) [fields, components] = [fields + 1, 1]
      else if (sign === component) components++
      else if (sign === '~') components = 1
      else continue
      places.push({ start: at + 1, hash: fieldPlace(name, fields, components) })
    }
    places.push({ start: end, hash: 0 })
  }
}

function readMembers(text: string, places: Pick<Place, 'start' | 'hash'>[]): void {
  for (const { 0: whole, 1: name = '', index } of text.matchAll(MEMBER)) {
    places.push({ start: index, hash: mix(1, 7, 0) }, { start: index + whole.length, hash: memberPlace(name) })
  }
}

/** What stands between tags is told by the last one, an attribute by its name and its element's. */
function readTags(text: string, places: Pick<Place, 'start' | 'hash'>[]): void {
  let element = ''
  let isInside = false
  for (const { 0: sign, 1: closing, 2: opened, 3: attribute, index } of text.matchAll(TAG)) {
    if (opened !== undefined) {
      element = closing === '/' ? `/${opened}` : opened
      isInside = true
      places.push({ start: index, hash: mix(2, 7, 0) })
    } else if (!isInside) continue
    else if (attribute !== undefined)
      places.push({
        start: index + sign.length,
        hash: mix(nameHash(attribute), nameHash(element), 9),
      })
    else if (sign.endsWith('>')) {
      isInside = false
      places.push({ start: index + sign.length, hash: elementPlace(element) })
    } else places.push({ start: index, hash: mix(2, 7, 0) })
  }
}
