import { after, at, before, END, type Pattern, type Surroundings } from './pattern.ts'
import { isDea, isNpi, isVin, passesLuhn } from './validators.ts'

const UNITS =
  /^\s?-?(?:mg|mcg|g\b|kg|ml|l\b|units?|iu\b|u\b|u\/|cells?|copies|\/|%|mm|cm|x ?10|steps|k?cal|cc\b|ng|pg|meq|mmol|bpm|rpm|hz|people|patients|participants|cases|women|men|adults|children|dollars|usd|per\b|daily|platelets|wbcs?|rbcs?|colonies|cfu|feet|ft|lbs?|pounds|minutes|hours|days|weeks|months|years)/i
const CODE_SYSTEM =
  /(?:cpt|hcpcs|icd(?:-?\d{1,2})?(?:-cm)?|snomed(?: ct)?|loinc|rxnorm|rxcui|ndc|cvx|pmid|pmcid|doi|isbn|issn|cas|arxiv|omim|dsm|drg|icd-o|atc|mesh)\W{0,3}(?:codes?\W{1,2})?$/i
const COUNT =
  /(?:[$€£]\s?|\bn ?= ?|plt|platelets?(?: count)?|wbc|rbc|count|viral load|ferritin|troponin|bnp|probnp|ck|cpk|hcg|psa|dimer|level|creatine kinase)\W{0,3}(?:of |was |is |at |: ?)?$/i

/** "Code 60360 of CPT": the system that a code is of, behind it. */
const OF_SYSTEM = /^ (?:of|in|from|under|per) (?:the )?(?:cpt|hcpcs|icd(?:-?\d{1,2})?|snomed|loinc|rxnorm|ndc)\b/i
/** A cell of a table whose head says that its columns are codes and what they mean. */
const CODE_TABLE =
  /(?:^|\n)[^\n]{0,40}\bcodes?\b[ "']{0,2}[,;|\t][^\n]{0,20}\b(?:descr|meaning|procedure|service|units|diagnos)/i
const CODE_CELL = /(?:^|[\n,;|\t]|  ) {0,2}$/
const TABLE_WIDTH = 600

/** A five-digit cell of a table of procedures and diagnoses. */
function isTabledCode(value: string, around: Surroundings): boolean {
  return (
    value.length === 5 &&
    /^ ?[,;|\t]/.test(after(around, 2)) &&
    CODE_CELL.test(before(around, 3)) &&
    CODE_TABLE.test(before(around, TABLE_WIDTH))
  )
}

/** A number with its unit written together: 5000IU. */
const UNIT_SUFFIX = /^\d+(?:MG|MCG|ML|IU|U|UNITS|KG|CM|MM|G|L|K|CC)$/

/** Whether a number belongs to a measurement, a price or a code system. */
function isQuantity(around: Surroundings): boolean {
  const left = before(around, 28)
  return (
    UNITS.test(after(around, 14)) ||
    CODE_SYSTEM.test(left) ||
    COUNT.test(left) ||
    /\d[.,]$/.test(left) ||
    /^[.,]\d/.test(after(around, 2))
  )
}

/** Behind the name of a member, or behind the address of an extension of FHIR, whose value is the next member. */
const IN_JSON = '\\\\{0,3}["\'](?:\\s?:|,\\s{0,40}\\\\{0,3}"value[A-Za-z]{0,12}\\\\{0,3}"\\s?:)\\s{0,4}\\\\{0,3}["\']?'

/** Identifiers known by their shape alone; a valid check digit raises the score and its absence lowers nothing. */
export const SHAPE_PATTERNS: readonly Pattern[] = [
  {
    id: 'ssn',
    class: 'SSN',
    on: 'number',
    regex: at(`\\d{3}(?<s>[- .\\u2010-\\u2015])\\d{2}\\k<s>\\d{4}${END}`),
    score: 0.85,
    judge: (_, around) => (/[\d.,-]$/.test(before(around, 1)) ? 0 : 0.85),
  },
  {
    id: 'ssn.masked',
    class: 'SSN',
    on: ['xxx', 'xxx-xx'],
    regex: at(`x{3}[- ]?x{2}[- ]?(?<v>\\d{4})${END}`),
    score: 0.9,
  },
  {
    id: 'card',
    class: 'ACCOUNT',
    on: 'number',
    regex: at(`\\d(?:[ -]?\\d){12,18}${END}`),
    score: 0.75,
    judge: (value, around) =>
      /[\d.]$/.test(before(around, 1)) ? 0 : passesLuhn(value.replace(/\D/g, '')) ? 0.95 : 0.75,
  },
  {
    id: 'iban',
    class: 'ACCOUNT',
    on: 'code',
    regex: at(`[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?${END}`),
    score: 0.85,
    judge: (value) => (/[a-z].*[A-Z]|[A-Z].*[a-z]/.test(value) || value.replace(/\D/g, '').length < 6 ? 0 : 0.85),
  },
  {
    id: 'npi',
    class: 'LICENCE',
    role: 'clinician',
    on: 'number',
    regex: at(`[12]\\d{9}${END}`),
    score: 0.6,
    judge: (value) => (isNpi(value) ? 0.7 : 0),
  },
  {
    id: 'dea',
    class: 'LICENCE',
    role: 'clinician',
    on: 'code',
    regex: at(`[ABCDEFGHJKLMPRSTUX][A-Z9]\\d{7}${END}`),
    score: 0.7,
    judge: (value) => (isDea(value) ? 0.9 : 0.6),
  },
  {
    id: 'mbi',
    class: 'PLAN_ID',
    on: 'number',
    regex: at(
      `[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\\d-?[AC-HJKMNP-RT-Y]{2}\\d{2}${END}`,
      '',
    ),
    score: 0.9,
  },
  {
    id: 'vin',
    class: 'VEHICLE',
    on: 'number',
    regex: at(`(?=[A-Z0-9]{0,16}[A-Z])[A-HJ-NPR-Z0-9]{17}${END}`, ''),
    score: 0.7,
    judge: (value) => (isVin(value) ? 0.97 : 0.7),
  },
  {
    id: 'vin',
    class: 'VEHICLE',
    on: 'code',
    regex: at(`(?=[A-Z0-9]{0,16}\\d)[A-HJ-NPR-Z0-9]{17}${END}`, ''),
    score: 0.7,
    judge: (value) => (isVin(value) ? 0.97 : 0.7),
  },
  {
    id: 'uuid',
    class: 'OTHER_ID',
    on: 'number',
    regex: at(`[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}${END}`),
    score: 0.9,
  },
  {
    id: 'uuid',
    class: 'OTHER_ID',
    on: 'code',
    regex: at(`[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}${END}`),
    score: 0.9,
  },
  {
    id: 'secret',
    class: 'OTHER_ID',
    on: 'sk pk ghp gho ghs ghu ghr github xoxa xoxb xoxe xoxo xoxp xoxr xoxs bearer'.split(' '),
    regex: at(
      '(?:sk|pk|gh[opsur]|github_pat|xox[abeoprs])[-_][A-Za-z0-9_-]{8,250}|bearer (?<v>[A-Za-z0-9._~+/-]{16,500})',
    ),
    score: 0.9,
  },
  {
    id: 'secret.access-key',
    class: 'OTHER_ID',
    on: 'code',
    regex: at(
      `A(?:BIA|CCA|GPA|IDA|IPA|KIA|NPA|NVA|ROA|SCA|SIA)[A-Z2-7]{16}${END}|AIza[\\w-]{35}(?![\\w-])|glpat-[\\w-]{20,64}`,
      '',
    ),
    score: 0.9,
  },
  {
    id: 'code.prefixed',
    class: 'OTHER_ID',
    on: 'code',
    regex: at(`#?[A-Z]{1,6}(?:-?[A-Z]{1,6}[A-Z0-9]{0,4})?[-_]?\\d{4,12}(?:[-_][A-Z0-9]{1,12}){0,3}${END}`, ''),
    score: 0.7,
    judge: (value, around) =>
      /\d{4}/.test(value) &&
      !CODE_SYSTEM.test(before(around, 24)) &&
      !/^[A-Z]-?\d{4}$/.test(value) &&
      !/^(?:COVID|SARS|ICD|CPT|ISO|H)-?\d+$/.test(value)
        ? 0.7
        : 0,
  },
  {
    id: 'code.lower',
    class: 'OTHER_ID',
    on: 'code',
    regex: at(`[a-z]{1,6}[-_]\\d{5,12}(?:-[a-z0-9]{1,12}){0,2}${END}`, ''),
    score: 0.6,
  },
  ...(['number', 'code'] as const).map(
    (on): Pattern => ({
      id: 'code.mixed',
      class: 'OTHER_ID',
      on,
      regex: at(`(?=(?:[A-Z]{0,6}\\d){4})(?=\\d{0,6}[A-Z])[A-Z0-9]{6,20}(?:-[A-Z0-9]{1,12}){0,2}${END}`, ''),
      score: 0.6,
      judge: (_, around) =>
        CODE_SYSTEM.test(before(around, 24)) || UNIT_SUFFIX.test(around.text.slice(around.start, around.end)) ? 0 : 0.6,
    }),
  ),
  {
    id: 'digits.fours',
    class: 'OTHER_ID',
    on: 'number',
    regex: at(`\\d{4}(?<s>[ -])\\d{4}\\k<s>\\d{4}(?!\\d)${END}`),
    score: 0.6,
  },
  {
    id: 'code.hashed',
    class: 'OTHER_ID',
    on: 'code',
    regex: at(`[A-Z0-9]{2,20}(?:-[A-Z0-9]{2,12}){0,2}${END}`),
    score: 0.6,
    judge: (value, around) => (before(around, 1) === '#' && /\d{3}/.test(value) ? 0.6 : 0),
  },
  {
    id: 'code.suffixed',
    class: 'OTHER_ID',
    on: 'number',
    regex: at(`\\d{5,12}-?[A-Z]{1,5}${END}`, ''),
    score: 0.6,
    judge: (_, around) => (isQuantity({ ...around, end: around.start + leadingDigits(around) }) ? 0 : 0.6),
  },
  {
    id: 'digits.grouped',
    class: 'OTHER_ID',
    on: 'number',
    regex: at(`\\d{2,7}(?:-\\d{2,7}){1,4}${END}`),
    score: 0.6,
    judge: (value, around) =>
      value.replace(/\D/g, '').length >= 7 && !/^(?:19|20)\d{2}-(?:19|20)\d{2}$/.test(value) && !isQuantity(around)
        ? 0.6
        : 0,
  },
  {
    id: 'digits.threes',
    class: 'OTHER_ID',
    on: 'number',
    regex: at(`\\d{3}(?: \\d{3}){2,3}(?! ?\\d)${END}`),
    score: 0.6,
    judge: (_, around) => (isQuantity(around) ? 0 : 0.6),
  },
  {
    id: 'digits.dotted',
    class: 'OTHER_ID',
    on: 'number',
    regex: at(`\\d{1,4}(?:\\.\\d{1,9}){2,11}(?![.\\d])${END}`),
    score: 0.55,
    judge: (value, around) =>
      value.replace(/\D/g, '').length >= 7 &&
      !/^\d{1,2}\.\d{1,2}\.(?:19|20)?\d{2}$/.test(value) &&
      !/(?:version|release|build|firmware|software|v)\W{0,2}$/i.test(before(around, 10)) &&
      !isQuantity(around)
        ? 0.55
        : 0,
  },
  {
    id: 'digits.spoken',
    class: 'OTHER_ID',
    on: 'zero oh one two three four five six seven eight nine double triple'.split(' '),
    regex: at(
      `(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|dash|hyphen)[ ,.-]{1,3}){5,24}(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)${END}`,
    ),
    score: 0.8,
  },
  {
    id: 'vin.grouped',
    class: 'VEHICLE',
    on: 'code',
    regex: at(
      `(?=(?:[A-HJ-NPR-Z0-9][- ]?){16}[A-HJ-NPR-Z0-9](?![A-Z0-9-]))(?=[A-Z- ]{0,12}\\d)[A-HJ-NPR-Z0-9]{2,9}(?:[- ][A-HJ-NPR-Z0-9]{2,12}){1,4}`,
      '',
    ),
    score: 0.7,
    judge: (value) => (value.includes('-') && value.replace(/-/g, '').length === 17 ? 0.8 : 0),
  },
  {
    id: 'vin.grouped',
    class: 'VEHICLE',
    on: 'number',
    regex: at(
      `(?=(?:[A-HJ-NPR-Z0-9]-?){16}[A-HJ-NPR-Z0-9](?![A-Z0-9-]))(?=[0-9-]{0,12}[A-Z])[A-HJ-NPR-Z0-9]{2,9}(?:-[A-HJ-NPR-Z0-9]{2,12}){1,4}`,
      '',
    ),
    score: 0.8,
    judge: (value) => (value.replace(/-/g, '').length === 17 ? 0.8 : 0),
  },
  {
    id: 'mac.dotted',
    class: 'DEVICE',
    on: 'number',
    regex: at(`[0-9a-f]{4}(?:\\.[0-9a-f]{4}){2}(?!\\.)${END}`),
    score: 0.8,
  },
  {
    id: 'mac.dotted',
    class: 'DEVICE',
    on: 'code',
    regex: at(`[0-9a-f]{4}(?:\\.[0-9a-f]{4}){2}(?!\\.)${END}`),
    score: 0.8,
  },
  {
    id: 'digits.run',
    class: 'OTHER_ID',
    on: 'number',
    // With what a slash adds: "48213/07".
    regex: at(`\\d{5,40}(?:/(?:\\d{1,6}|[A-Z]{1,2}))?${END}`, ''),
    score: 0.5,
    judge: (value, around) =>
      isQuantity(around) || OF_SYSTEM.test(after(around, 24)) || isTabledCode(value, around) ? 0 : 0.5,
  },
  { id: 'mac', class: 'DEVICE', on: 'number', regex: at(`[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}${END}`), score: 0.9 },
  { id: 'mac', class: 'DEVICE', on: 'code', regex: at(`[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}${END}`), score: 0.9 },
  {
    id: 'udi',
    class: 'DEVICE',
    on: 'number',
    regex: at(`01\\)\\d{14}(?:\\(?(?:10|11|17|21)\\)[A-Z0-9-]{1,20}){0,4}`),
    score: 0.95,
  },
  {
    id: 'ip.v6',
    class: 'IP',
    on: 'number',
    regex: at(`(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){0,7}(?:::)?${END}`),
    score: 0.85,
    judge: judgeIpv6,
  },
  {
    id: 'ip.v6',
    class: 'IP',
    on: 'code',
    regex: at(`(?:[0-9a-f]{1,4}:){1,7}(?::?[0-9a-f]{1,4}){0,7}${END}`),
    score: 0.85,
    judge: judgeIpv6,
  },
  {
    id: 'geo.coordinates',
    class: 'GEO',
    on: 'number',
    regex: at(
      `\\d{1,3}\\.\\d{3,10}\\s?\\u00B0?\\s?[NS]?\\s{0,2},?\\s{0,2}-?\\d{1,3}\\.\\d{3,10}(?:\\s?\\u00B0?\\s?[EW])?`,
    ),
    score: 0.85,
  },
  {
    id: 'geo.degrees',
    class: 'GEO',
    on: 'number',
    regex: at(
      `\\d{1,3}\\u00B0\\s?\\d{1,2}'\\s?(?:\\d{1,2}(?:\\.\\d+)?"\\s?)?[NSEW](?:,?\\s{0,2}\\d{1,3}\\u00B0\\s?\\d{1,2}'\\s?(?:\\d{1,2}(?:\\.\\d{1,5})?"\\s?)?[NSEW])?`,
    ),
    score: 0.85,
  },
  {
    id: 'geo.plus-code',
    class: 'GEO',
    on: 'number',
    regex: at(`[23456789CFGHJMPQRVWX]{4,8}\\+[23456789CFGHJMPQRVWX]{2,3}${END}`),
    score: 0.85,
  },
  {
    id: 'geo.plus-code',
    class: 'GEO',
    on: 'code',
    regex: at(`[23456789CFGHJMPQRVWX]{4,8}\\+[23456789CFGHJMPQRVWX]{2,3}${END}`),
    score: 0.85,
  },
  {
    id: 'geo.labelled',
    class: 'GEO',
    on: 'geohash census tract fips lat latitude lon lng long longitude gps coordinates'.split(' '),
    regex: at(
      `(?:geohash|(?:census )?tract|fips(?: code)?|lat(?:itude)?|lon(?:gitude)?|lng|long(?=[:=])|gps|coordinates)(?:[ :#=]{1,3}|${IN_JSON})(?<v>-?(?=[a-z.]{0,8}\\d)[a-z0-9.]{4,20}(?:,\\s?-?\\d{1,3}\\.\\d{2,10})?)${END}`,
    ),
    score: 0.8,
    judge: (value) => (/\d/.test(value) ? 0.8 : 0),
  },
]

function judgeIpv6(value: string): number {
  const groups = value.split(':').length - 1
  return (value.includes('::') && groups >= 2 && /[a-f0-9]{2}/i.test(value)) || groups === 7 ? 0.85 : 0
}

function leadingDigits({ text, start }: Surroundings): number {
  let length = 0
  while (text.charCodeAt(start + length) >= 48 && text.charCodeAt(start + length) <= 57) length++
  return length
}
