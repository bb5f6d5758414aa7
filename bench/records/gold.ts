/** What a record says of persons and of medicine, read from its structure and by no rule of the detectors. */
export interface Gold {
  /** Values that identify, with the place that says so. */
  readonly identifiers: readonly Identifier[]
  /** Codes, their systems and names, units: what shall stay. */
  readonly codes: readonly string[]
}

interface Identifier {
  readonly place: string
  readonly value: string
}

const SHORTEST = 3
const DATE = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/
const ISO_DATE = /^(?:19|20)\d{2}-\d{2}(?:-\d{2}|$)/

/** By segment and field of HL7 v2, the components that identify (1 is the first). */
const HL7_FIELDS: Readonly<Record<string, Readonly<Record<number, readonly number[]>>>> = {
  PID: {
    2: [1],
    3: [1],
    4: [1],
    5: [1, 2, 3],
    6: [1, 2, 3],
    7: [1],
    9: [1, 2, 3],
    11: [1, 2, 3, 5],
    13: [1, 4, 7, 12],
    14: [1, 4, 7, 12],
    18: [1],
    19: [1],
    20: [1],
    23: [1],
    29: [1],
  },
  NK1: {
    2: [1, 2, 3],
    4: [1, 2, 3, 5],
    5: [1, 4, 7, 12],
    6: [1, 7],
    16: [1],
    30: [1, 2],
    31: [1, 7],
    32: [1, 3],
    33: [1],
  },
  PV1: { 5: [1], 7: [1, 2, 3], 8: [1, 2, 3], 9: [1, 2, 3], 17: [1, 2, 3], 19: [1], 44: [1], 45: [1], 52: [1, 2, 3] },
  PD1: { 4: [1, 2, 3] },
  ROL: { 4: [1, 2, 3], 5: [1], 6: [1], 11: [1, 3, 5], 12: [4, 7] },
  GT1: { 2: [1], 3: [1, 2], 4: [1, 2], 5: [1, 3, 5], 6: [1], 8: [1], 12: [1], 16: [1], 17: [1, 3], 19: [1] },
  IN1: { 2: [], 5: [1, 3, 5], 6: [1, 2], 7: [1], 16: [1, 2, 3], 18: [1], 19: [1, 3, 5], 36: [1], 49: [1] },
  IN2: { 1: [1], 2: [1], 6: [1], 7: [1, 2], 8: [1], 61: [1] },
  ORC: { 2: [1], 3: [1], 9: [1], 10: [1, 2, 3], 11: [1, 2, 3], 12: [1, 2, 3], 14: [1, 7], 15: [1] },
  OBR: {
    2: [1],
    3: [1],
    6: [1],
    7: [1],
    8: [1],
    10: [1, 2, 3],
    14: [1],
    16: [1, 2, 3],
    17: [1],
    22: [1],
    28: [1, 2, 3],
  },
  OBX: { 14: [1], 16: [1, 2, 3], 19: [1] },
  EVN: { 2: [1], 3: [1], 5: [1, 2, 3], 6: [1] },
  RXA: { 3: [1], 4: [1], 10: [1, 2, 3], 15: [] },
  DG1: { 5: [1], 16: [1, 2, 3] },
  PR1: { 5: [1], 8: [1, 2, 3], 11: [1, 2, 3], 12: [1, 2, 3] },
  TXA: { 4: [1], 5: [1, 2, 3], 6: [1], 9: [1, 2, 3], 12: [1], 22: [1, 2, 3] },
  SCH: { 1: [1], 2: [1], 12: [1, 2, 3], 16: [1, 2, 3] },
  SPM: { 17: [1], 18: [1] },
  MRG: { 1: [1], 7: [1, 2] },
  MSH: { 7: [1] },
  AL1: { 6: [1] },
}

/** Fields of codes, their first two components. */
const HL7_CODED: Readonly<Record<string, readonly number[]>> = {
  OBX: [3, 6],
  OBR: [4],
  DG1: [3],
  AL1: [3],
  PR1: [3],
  RXA: [5],
  RXE: [2],
  RXO: [1],
  MSH: [9],
}

export function readHl7Gold(text: string): Gold {
  const identifiers: Identifier[] = []
  const codes: string[] = []
  for (const line of text.split(/[\r\n]+/)) {
    const fields = line.replace(/^\ufeff/, '').split('|')
    const segment = fields[0] ?? ''
    // The separator itself is the first field of a header.
    const shift = segment === 'MSH' ? 1 : 0
    for (const [number, components] of Object.entries(HL7_FIELDS[segment] ?? {}))
      for (const repeated of (fields[Number(number) - shift] ?? '').split('~'))
        for (const component of components) {
          const value = (repeated.split('^')[component - 1] ?? '').split('&')[0]?.trim() ?? ''
          addIdentifier(identifiers, `${segment}-${number}.${component}`, value)
        }
    for (const number of HL7_CODED[segment] ?? [])
      codes.push(
        ...(fields[number - shift] ?? '')
          .split('^')
          .slice(0, 2)
          .filter((code) => /\w{2}/.test(code)),
      )
  }
  return { identifiers, codes }
}

/** X12: by segment (with its qualifier) the elements that identify. */
const X12_ELEMENTS: Readonly<Record<string, readonly number[]>> = {
  'NM1*1': [3, 4, 5, 9],
  N3: [1, 2],
  N4: [1, 3],
  DMG: [2],
  REF: [2],
  DTP: [3],
  DTM: [2],
  CLM: [1],
  CLP: [1, 7],
  BHT: [3, 4],
  GS: [4],
}
const X12_CODED: Readonly<Record<string, readonly number[]>> = { HI: [1, 2, 3], SV1: [1], SV2: [2], SVC: [1], PRV: [3] }

export function readX12Gold(text: string): Gold {
  const identifiers: Identifier[] = []
  const codes: string[] = []
  const at = text.indexOf('ISA')
  const [element, terminator] = [text.charAt(at + 3), text.charAt(at + 105)]
  for (const segment of text.split(terminator)) {
    const elements = segment.trim().split(element)
    const name = elements[0] ?? ''
    const key = name === 'NM1' ? `${name}*${elements[2]}` : name
    for (const number of X12_ELEMENTS[key] ?? [])
      addIdentifier(identifiers, `${key}-${number}`, (elements[number] ?? '').trim())
    if (name === 'PER') for (const number of [4, 6, 8]) addIdentifier(identifiers, name, elements[number] ?? '')
    for (const number of X12_CODED[name] ?? []) {
      const code = (elements[number] ?? '').split(/[:>]/)[1]
      if (code !== undefined && code.length > 2) codes.push(code)
    }
  }
  return { identifiers: identifiers.filter(({ value }) => !/^0040|^0050/.test(value)), codes }
}

const FHIR_NAMES: ReadonlySet<string> = new Set(['family', 'given', 'text'])
const FHIR_PLACES: ReadonlySet<string> = new Set(['line', 'city', 'postalCode', 'text'])

export function readFhirGold(value: unknown): Gold {
  const identifiers: Identifier[] = []
  const codes: string[] = []
  const visit = (node: unknown, path: readonly string[], type: string): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item, path, type)
      return
    }
    const key = path.at(-1) ?? ''
    const above = path.at(-2) ?? ''
    if (typeof node === 'string') {
      const place = `${type} ${path.slice(-2).join('.')}`
      const isPerson = /^(?:Patient|Practitioner|RelatedPerson|Person)$/.test(type)
      if (above === 'name' && isPerson && FHIR_NAMES.has(key)) addIdentifier(identifiers, place, node)
      else if (above === 'address' && FHIR_PLACES.has(key)) addIdentifier(identifiers, place, node)
      else if (above === 'telecom' && key === 'value') addIdentifier(identifiers, place, node)
      else if (above === 'identifier' && key === 'value') addIdentifier(identifiers, place, node)
      else if (ISO_DATE.test(node)) addIdentifier(identifiers, `${type} date`, node.slice(0, 10))
      else if (
        /^(?:subject|patient|performer|requester|individual|author|provider|actor)$/.test(above) &&
        key === 'display'
      )
        addIdentifier(identifiers, place, node)
      else if (
        (above === 'coding' || above === 'valueQuantity') &&
        /^(?:code|display|system|unit)$/.test(key) &&
        node.length > 2
      )
        codes.push(node)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const own = Object.entries(node)
    const kind = own.find(([name]) => name === 'resourceType')?.[1]
    for (const [name, inner] of own) visit(inner, [...path, name], typeof kind === 'string' ? kind : type)
  }
  visit(value, [], '')
  return { identifiers, codes }
}

const ELEMENT = /<(\/?)([\w:]+)((?:\s+[\w:]+="[^"]*")*)\s*(\/?)>([^<]*)/g
const CCDA_TEXT = /^(?:given|family|streetAddressLine|city|postalCode)$|^(?:name|\w*Person|\w*Organization)$/
const CCDA_CODES = /\b(?:code|codeSystem|displayName|unit|root)="([^"]{3,})"/g

export function readCcdaGold(text: string): Gold {
  const identifiers: Identifier[] = []
  const codes: string[] = []
  for (const [, , name = '', attributes = '', , content = ''] of text.matchAll(ELEMENT)) {
    const attribute = (wanted: string): string => new RegExp(`\\b${wanted}="([^"]*)"`).exec(attributes)?.[1] ?? ''
    if (CCDA_TEXT.test(name) && name !== 'name') addIdentifier(identifiers, name, content.trim())
    if (name === 'telecom') addIdentifier(identifiers, name, attribute('value').replace(/^(?:tel|mailto):/, ''))
    if (name === 'id') addIdentifier(identifiers, name, attribute('extension'))
    if (/^(?:effectiveTime|birthTime|time|low|high|center)$/.test(name) && DATE.test(attribute('value')))
      addIdentifier(identifiers, `${name} date`, attribute('value'))
    if (name !== 'id') for (const [, code = ''] of attributes.matchAll(CCDA_CODES)) codes.push(code)
  }
  return { identifiers, codes }
}

/** Short ones would be found everywhere, and what stands for nothing is none. */
function addIdentifier(found: Identifier[], place: string, value: string): void {
  const isNull = /^"?"?$|^(?:unknown|none|n\/a|null|anon)$/i.test(value)
  if (value.length >= SHORTEST && !isNull && /[\p{L}\p{N}]/u.test(value)) found.push({ place, value })
}
