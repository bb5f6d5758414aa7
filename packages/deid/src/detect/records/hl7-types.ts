import type { PhiClass } from '../../types.ts'
import { CODE, identifier, isCompactDate, isObjectId, TERM, TEXT, type Use } from './cell.ts'

/** Decides for one component of a field, the first being 1; `value` is what stands there. */
export type Hl7Type = (component: number, value: string, rule: string) => Use

const HAS_LETTER = /\p{L}/u
const NUMBERED = /\d/
const SHORT = 2

const name =
  (role: 'patient' | 'relative' | 'clinician'): Hl7Type =>
  (component, value, rule) => {
    if (component <= 4 || component === 9) return HAS_LETTER.test(value) ? identifier('NAME', rule, role) : CODE
    return byTable(value, rule)
  }

/** Extended person: an id before the name. */
const person =
  (role: 'patient' | 'clinician'): Hl7Type =>
  (component, value, rule) => {
    if (component === 1) return identifier('OTHER_ID', rule, role)
    if (component <= 5) return HAS_LETTER.test(value) ? identifier('NAME', rule, role) : CODE
    if (component === 14) return identifier('FACILITY', rule)
    return byTable(value, rule)
  }

const number =
  (phiClass: PhiClass): Hl7Type =>
  (component, value, rule) => {
    if (component === 1) return value.length >= SHORT ? identifier(phiClass, rule) : CODE
    return byTable(value, rule)
  }

const only =
  (phiClass: PhiClass): Hl7Type =>
  (component, value, rule) =>
    component === 1 && value.length >= SHORT ? identifier(phiClass, rule) : byTable(value, rule)

const ADDRESS: readonly (PhiClass | undefined)[] = [undefined, 'STREET', 'STREET', 'CITY', undefined, 'ZIP']

/** What a field of a kind holds, component by component (HL7 v2.9, chapter 2A). */
export const HL7_TYPES: Readonly<Record<string, Hl7Type>> = {
  code: (_, value, rule) => (isCompactDate(value) && value.length > 6 ? bySelf(value, rule) : CODE),
  term: (component) => (component === 2 || component === 5 || component === 9 ? TERM : CODE),
  text: () => TEXT,
  /** Encapsulated data: application, types, encoding, data (ED). */
  data: (component) => (component > 1 && component < 5 ? CODE : TEXT),
  timing: (_, value, rule) => (isCompactDate(value) ? identifier('DATE', rule) : CODE),
  clock: (_, value, rule) => (/^\d{4,6}(?:\.\d+)?(?:[+-]\d{4})?$/.test(value) ? identifier('TIME', rule) : CODE),
  control: only('OTHER_ID'),
  date: (component, value, rule) =>
    component === 1 && NUMBERED.test(value) ? identifier('DATE', rule) : bySelf(value, rule),
  name: name('patient'),
  relative: name('relative'),
  contact: name('relative'),
  clinician: person('clinician'),
  person: person('patient'),
  mrn: number('MRN'),
  account: number('ACCOUNT'),
  visit: number('OTHER_ID'),
  id: number('OTHER_ID'),
  planid: number('PLAN_ID'),
  licence: only('LICENCE'),
  device: only('DEVICE'),
  lot: only('OTHER_ID'),
  ssn: only('SSN'),
  email: only('EMAIL'),
  place: (_, value, rule) => (isObjectId(value) ? CODE : identifier('CITY', rule)),
  county: only('COUNTY'),
  address: (component, value, rule) => {
    const phiClass = ADDRESS[component]
    if (phiClass) return isObjectId(value) ? CODE : identifier(phiClass, rule)
    if (component === 9) return identifier('COUNTY', rule)
    return component === 8 || component === 19 ? identifier('STREET', rule) : bySelf(value, rule)
  },
  phone: (component, value, rule) => {
    if (component === 2 || component === 3) return CODE
    if (component === 4 && value.includes('@')) return identifier('EMAIL', rule)
    return NUMBERED.test(value) && value.length > SHORT && !isCompactDate(value)
      ? identifier('PHONE', rule)
      : bySelf(value, rule)
  },
  location: (component, value, rule) => {
    if (component === 5 || component === 6 || isObjectId(value) || /^ISO$/.test(value)) return CODE
    return component <= 9 ? identifier('FACILITY', rule) : bySelf(value, rule)
  },
  facility: (component, value, rule) => (component === 1 && !isObjectId(value) ? identifier('FACILITY', rule) : CODE),
  organisation: (component, value, rule) => {
    if (component === 1) return identifier('FACILITY', rule)
    return component === 3 || component === 10 ? identifier('OTHER_ID', rule) : byTable(value, rule)
  },
  employer: (component, value, rule) => {
    if (component === 1) return identifier('EMPLOYER', rule)
    return component === 3 || component === 10 ? identifier('OTHER_ID', rule) : byTable(value, rule)
  },
  order: (component, value, rule) =>
    component === 1 && value.length > SHORT ? identifier('OTHER_ID', rule) : byTable(value, rule),
  producer: (component, value, rule) =>
    component === 1 || component === 2 ? identifier('FACILITY', rule) : byTable(value, rule),
  payer: number('OTHER_ID'),
  plan: (component) => (component === 1 ? CODE : TEXT),
  /** A person in one component, id, family and given name as its parts (CNN, NDL), then when and where. */
  performer: (component, value, rule) => {
    if (component === 1 || component > 6)
      return HAS_LETTER.test(value) ? identifier('NAME', rule, 'clinician') : identifier('OTHER_ID', rule)
    if (isObjectId(value) || isCompactDate(value)) return bySelf(value, rule)
    if (component > 3) return identifier('FACILITY', rule)
    return HAS_LETTER.test(value) ? identifier('NAME', rule, 'clinician') : bySelf(value, rule)
  },
}

/** What OBX-5 holds, by the type that OBX-2 names; what is not listed is text. */
export const VALUE_TYPES: Readonly<Record<string, keyof typeof HL7_TYPES>> = {
  NM: 'code',
  SN: 'code',
  SI: 'code',
  NA: 'code',
  ED: 'data',
  CE: 'term',
  CWE: 'term',
  CNE: 'term',
  CF: 'term',
  IS: 'code',
  ID: 'code',
  DT: 'date',
  TS: 'date',
  DTM: 'date',
  DR: 'timing',
  TM: 'timing',
  CX: 'id',
  EI: 'id',
  CK: 'id',
  PN: 'name',
  XPN: 'name',
  XCN: 'clinician',
  CN: 'clinician',
  AD: 'address',
  XAD: 'address',
  TN: 'phone',
  XTN: 'phone',
  XON: 'organisation',
  PL: 'location',
}

/**
 * Codes of HL7's tables that stand beside an identifier: types of numbers (0203), names (0200), authorities (0301), check
 * digits (0061), what a name's parts are called by (0360, 0444, 0448, 0465).
 */
const TABLES: ReadonlySet<string> = new Set(
  (
    'MR SS PI PN PT VN AN MA MC MD DL NPI UPIN SR EI FI GI RI RN XX NI LR NE TAX DN PPN EN MCN LN DEA ISO HCD DNS GUID UUID URI HL7 L M N ' +
    'CLIA CMS CAP CLR M10 M11 BCV NIIP HMO USDHHS SSN UNK NPPES AND UPI ASGNL'
  ).split(' '),
)
/** What people are called by and have earned. */
export const DEGREE: RegExp = /^(?:Dr|Mr|Mrs|Ms|Miss|Prof|MD|M\.D|DO|PHD|Ph\.?D|RN|NP|PA|AHP|DDS|PharmD|Esq)\.?$/i

/** In a field of a person or a house, what no table knows is part of who it is: an authority that gave the number, a suffix. */
function byTable(value: string, rule: string): Use {
  const isCode = TABLES.has(value) || DEGREE.test(value) || value.length < SHORT || /^\d{1,2}$/.test(value)
  const use = bySelf(value, rule)
  if (isCode || isObjectId(value)) return CODE
  return use.use === 'text' || use.use === 'code' ? identifier('OTHER_ID', rule) : use
}

/** What a component says of itself: dates, object identifiers and what is too short for anything but a code. */
export function bySelf(value: string, rule: string): Use {
  if (value.length <= SHORT || isObjectId(value)) return CODE
  return isCompactDate(value) && value.length > 6 ? identifier('DATE', rule) : TEXT
}
