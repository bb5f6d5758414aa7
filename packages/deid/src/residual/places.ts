import { hashCodes, mix } from './hash.ts'

/** From a place of a text on, words stand where a record calls them so; 0 is plain text. */
export interface Place {
  readonly start: number
  readonly hash: number
}

const LINE = /^[ \t]*([A-Z][A-Z0-9]{2})\|/gm
const ELEMENT_LINE = /(?:^|~)\s*([A-Z][A-Z0-9]{1,2})\*/g
const MEMBER = /"([A-Za-z_][\w-]{0,40})"\s{0,4}:/g
const TAG = /<(\/?)([A-Za-z][\w:.-]{0,60})|([A-Za-z][\w:.-]{0,60})="|\/?>|"(?=[\s/>?])/g
const PLAIN = /```|\n\s*\n/g
/** A text with fewer is prose that quotes something. */
const FEWEST = 2

/**
 * Where the words of a text stand, as records tell it: field and component of a segment, member of JSON, element or
 * attribute of XML. Told by their signs alone, in four passes; a line without text ends a place. Sorted.
 */
export function readPlaces(text: string): Place[] {
  const places: Place[] = []
  if (text.includes('|')) readLines(text, LINE, '|', '^', /[\r\n]/g, places)
  if (text.includes('*')) readLines(text, ELEMENT_LINE, '*', ':', /~|\n\s*\n/g, places)
  if (text.includes('"')) readMembers(text, places)
  if (text.includes('</') || text.includes('/>')) readTags(text, places)
  if (places.length < FEWEST) return []
  for (const { index } of text.matchAll(PLAIN)) places.push({ start: index, hash: 0 })
  return places.toSorted((a, b) => a.start - b.start)
}

/** Segments whose fields and components are counted. */
function readLines(
  text: string,
  opening: RegExp,
  field: string,
  component: string,
  closing: RegExp,
  places: Place[],
): void {
  for (const { 0: opened, 1: name = '', index } of text.matchAll(opening)) {
    const from = index + opened.length
    closing.lastIndex = from
    const end = closing.exec(text)?.index ?? text.length
    const segment = hashCodes(name, 0, name.length)
    let [fields, components] = [1, 1]
    places.push({ start: index, hash: mix(segment, 0, 1) }, { start: from, hash: mix(segment, fields, components) })
    for (let at = from; at < end; at++) {
      const sign = text.charAt(at)
      if (sign === field) [fields, components] = [fields + 1, 1]
      else if (sign === component) components++
      else if (sign === '~') components = 1
      else continue
      places.push({ start: at + 1, hash: mix(segment, fields, components) })
    }
    places.push({ start: end, hash: 0 })
  }
}

function readMembers(text: string, places: Place[]): void {
  for (const { 0: whole, 1: name = '', index } of text.matchAll(MEMBER)) {
    const member = mix(hashCodes(name, 0, name.length), 7, 0)
    places.push({ start: index, hash: mix(1, 7, 0) }, { start: index + whole.length, hash: member })
  }
}

/** What stands between tags is told by the last one, an attribute by its name and its element's. */
function readTags(text: string, places: Place[]): void {
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
        hash: mix(hashCodes(attribute, 0, attribute.length), hashCodes(element, 0, element.length), 9),
      })
    else if (sign.endsWith('>')) {
      isInside = false
      places.push({ start: index + sign.length, hash: mix(hashCodes(element, 0, element.length), 8, 0) })
    } else places.push({ start: index, hash: mix(2, 7, 0) })
  }
}
