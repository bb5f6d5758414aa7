import { at, before, END, type Pattern } from './pattern.ts'

const SUFFIX =
  '(?:streets|street|st|avenues|avenue|ave|av|boulevard|blvd|roads?|rd|drive|dr|lane|ln|court|ct|place|pl|terrace|ter|circle|cir|way|parkway|pkwy|highway|hwy|trail|trl|square|sq|plaza|alley|loop|crossing|turnpike|pike|freeway|expressway|route|row|walk|path|close|crescent|mews|gardens|grove|hill|heights|point|ridge|run)'
const UNIT =
  '(?:,?\\s{1,3}(?:apt|apartment|suite|ste|unit|rm|room|floor|fl|bldg|building|lot|#)\\.?\\s{0,2}#?[A-Z0-9-]{1,6})?'
const DIRECTION = '(?:(?:[NSEW]|NE|NW|SE|SW|north|south|east|west)\\.?\\s)?'
const STATE =
  '(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])'
// Not where a sentence ends with its line.
const GOES_ON = '(?!(?<=\\.)\\s*\\n)'
const WORD = "[A-Z0-9][A-Za-z0-9'.-]{0,20}"

/** Street addresses, post boxes, ZIP codes where something says that they are one. */
export const ADDRESS_PATTERNS: readonly Pattern[] = [
  {
    id: 'street.numbered',
    class: 'STREET',
    on: 'number',
    regex: at(
      `\\d{1,6}[A-Za-z]?(?:-\\d{1,5})?,?\\s${DIRECTION.replaceAll('[NSEW]', '[NSEWnsew]')}(?:${WORD}${GOES_ON}\\s){1,4}${SUFFIX.replace(/[a-z]+/g, anyCase)}\\b\\.?(?:\\s(?:[NSEW]|NE|NW|SE|SW)\\b\\.?)?${UNIT.replace(/[a-z]{2,}/g, anyCase)}`,
      '',
    ),
    score: 0.9,
    // The year of a date starts no address: "3/4/2021 Dr. ..".
    judge: (value, around) =>
      /[/.-]$/.test(before(around, 1)) ||
      /\s(?:AND|WITH|WITHOUT|WHO|WHICH|HAS|HAD|THE|FOR|AN?|IN|ON|OF|TO|IS|WAS|AT|BY|OR|AM|PM|FROM|TIMES|SINCE|POUNDS|LBS|PERCENT|MM|CM|MG|MCG|ML|DAYS|WEEKS|MONTHS|YEARS|HOURS|MINUTES)\s|SNOMED|LOINC|HEAD CT|CHEST CT/.test(
        value,
      ) ||
      // A sentence ends, and a doctor or a scan begins the next.
      /[A-Za-z]{3,}\.\s+(?:D[Rr]|CT)\b/.test(value)
        ? 0
        : 0.9,
  },
  {
    id: 'street.numbered-lower',
    class: 'STREET',
    on: 'number',
    regex: at(
      `\\d{1,6} ${DIRECTION}(?:[a-z][a-z'.-]{1,20} ){1,3}(?:street|avenue|ave|boulevard|blvd|road|lane|drive|court|terrace|parkway|highway)\\b\\.?${UNIT}`,
    ),
    score: 0.8,
  },
  {
    id: 'street.ordinal',
    class: 'STREET',
    on: 'number',
    regex: at(`\\d{1,3}(?:st|nd|rd|th)\\s(?:street|st|avenue|ave|road|rd|place|pl|court|ct|drive)\\b\\.?${UNIT}`),
    score: 0.8,
  },
  {
    id: 'street.route',
    class: 'STREET',
    on: 'number',
    regex: at(`\\d{1,6}\\s(?:(?:county|state|rural)\\s)?(?:route|road|rd|highway|hwy|rr|rfd|fm)\\s\\d{1,5}${UNIT}`),
    score: 0.85,
  },
  {
    id: 'street.box',
    class: 'STREET',
    on: ['po', 'p', 'box', 'post', 'pmb', 'psc', 'cmr', 'unit'],
    regex: at(
      `(?:p\\.?\\s?o\\.?|post(?: office)?)\\s?box\\s{0,2}#?\\d{1,8}|pmb\\s\\d{1,6}|(?:psc|cmr|unit) \\d{1,6},? box \\d{1,6}(?:[\\s,]{1,3}[AFD]PO[\\s,]{1,2}A[AEP]\\s\\d{5}(?:-\\d{4})?)?`,
    ),
    score: 0.9,
  },
  {
    id: 'street.unit',
    class: 'STREET',
    on: ['apt', 'apartment', 'suite', 'ste'],
    regex: at(`(?:apt|apartment|suite|ste)\\.?\\s{0,2}(?:no\\.?\\s)?#?(?=[A-Z-]?\\d)[A-Z0-9-]{1,6}${END}`),
    score: 0.7,
  },
  {
    id: 'street.labelled',
    class: 'STREET',
    on: ['address', 'addr'],
    // To the ZIP code, or to where the sentence or line ends.
    regex: at(
      `addr(?:ess)?(?: is| was)?\\s{0,3}[:=]\\s{0,12}(?<v>\\d[^\\n;|]{4,80}?(?:\\d{5}(?:-\\d{4})?(?!\\d)|(?=(?<=[A-Za-z0-9]{4})\\.\\s|[\\n;|]|$)|(?<=[^\\n;|]{80})))`,
    ),
    score: 0.85,
    judge: (_, around) =>
      /\b(?:ip|e-?mail|mac|web|network) addr(?:ess)?\W{0,16}$/i.test(before(around, 32)) ? 0 : 0.85,
  },
  {
    id: 'zip.labelled',
    class: 'ZIP',
    on: ['zip', 'zipcode', 'postal', 'postcode', 'post'],
    regex: at(
      `(?:zip ?codes?|zip|postal[ _]?code|post ?code)(?:\\s{0,3}(?:is|was|of|:|=|#|area)){0,2}\\s{0,6}(?<v>\\d{3,6}(?:-\\d{4})?|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2})${END}`,
    ),
    score: 0.95,
  },
  {
    id: 'zip.after-state',
    class: 'ZIP',
    on: 'number',
    regex: at(`\\d{5}(?:-\\d{4})?${END}`),
    score: 0.9,
    judge: (_, around) => (STATE_BEFORE.test(before(around, 24)) ? 0.9 : 0),
  },
  {
    id: 'zip.british',
    class: 'ZIP',
    on: 'code',
    regex: at(`[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}${END}`, ''),
    score: 0.7,
    judge: (_, around) => (/[,\n]\s{0,3}$/.test(before(around, 4)) ? 0.7 : 0),
  },
  {
    id: 'zip.plus-four',
    class: 'ZIP',
    on: 'number',
    regex: at(`\\d{5}-\\d{4}${END}`),
    score: 0.8,
    judge: (_, around) =>
      /[\d#-]$|(?:mrn|id|no|acct|account|record|policy|#)\W{0,3}$/i.test(before(around, 10)) ? 0 : 0.8,
  },
]

function anyCase(word: string): string {
  const first = word.charAt(0)
  return `[${first}${first.toUpperCase()}](?:${word.slice(1)}|${word.slice(1).toUpperCase()})`
}

const STATE_NAME =
  'Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|Hampshire|Jersey|Mexico|York|Carolina|Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Island|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming|Columbia|Mass|Calif|Penn|Conn'
const STATE_BEFORE = new RegExp(`(?:\\b(?:${STATE})|\\b(?:${STATE_NAME})\\b\\.?)[,\\s]{1,3}$`)
