import { AppError } from '@breakwater/kernel'
import { compileFormat } from './record-format.ts'

/** What a site knows of itself, as its file says: docs/deid.md. */
export interface SiteLexicon {
  /** Names of clinicians and other staff, "Amara Okafor" or "Okafor, Amara". */
  readonly staff: readonly string[]
  readonly facilities: readonly string[]
  /** Wards, floors, towers, teams. */
  readonly units: readonly string[]
  /** Neighbourhoods, villages, streets without a number. */
  readonly places: readonly string[]
  readonly recordNumbers: readonly { readonly format: RegExp; readonly class: RecordClass }[]
}

const LIMITS = { staff: 20_000, facilities: 5_000, units: 5_000, places: 20_000, recordNumbers: 100 } as const
const MAX_TEXT = 120
const CLASSES = ['MRN', 'PLAN_ID', 'ACCOUNT', 'LICENCE', 'DEVICE', 'OTHER_ID'] as const
type RecordClass = (typeof CLASSES)[number]

/**
 * Reads a site's lexicon, a JSON object `{"version": 1, "staff": [], "facilities": [], "units": [], "places": [],
 * "recordNumbers": [{"format": "[QH]-9{8}", "class": "MRN"}]}`; what is not needed is left out. Throws `config.invalid`
 * with the member and the rule, never an entry.
 */
export function readSiteLexicon(text: string): SiteLexicon {
  const value = parse(text)
  if (!isObject(value)) throw refuse('lexicon', 'a JSON object')
  if (value['version'] !== 1) throw refuse('lexicon.version', '1')
  const known = ['version', ...Object.keys(LIMITS)]
  if (Object.keys(value).some((name) => !known.includes(name))) throw refuse('lexicon', `only ${known.join(', ')}`)
  return {
    staff: texts(value, 'staff'),
    facilities: texts(value, 'facilities'),
    units: texts(value, 'units'),
    places: texts(value, 'places'),
    recordNumbers: list(value, 'recordNumbers').map((one, index) => {
      const field = `lexicon.recordNumbers[${index}]`
      if (!isObject(one) || typeof one['format'] !== 'string') throw refuse(`${field}.format`, 'a text')
      const phiClass = CLASSES.find((name) => name === (one['class'] ?? 'MRN'))
      if (phiClass === undefined) throw refuse(`${field}.class`, CLASSES.join(', '))
      return { format: compileFormat(one['format'], `${field}.format`), class: phiClass }
    }),
  }
}

type Members = Readonly<Record<string, unknown>>

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw refuse('lexicon', 'JSON')
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(members: Members, name: keyof typeof LIMITS): readonly unknown[] {
  const value = members[name] ?? []
  if (!Array.isArray(value)) throw refuse(`lexicon.${name}`, 'a list')
  if (value.length > LIMITS[name]) throw refuse(`lexicon.${name}`, `at most ${LIMITS[name]}`)
  return value
}

function texts(members: Members, name: Exclude<keyof typeof LIMITS, 'recordNumbers'>): string[] {
  return list(members, name).map((entry, index) => {
    const field = `lexicon.${name}[${index}]`
    if (typeof entry !== 'string' || entry.trim() === '') throw refuse(field, 'a text')
    if (entry.length > MAX_TEXT) throw refuse(field, `at most ${MAX_TEXT} characters`)
    return entry.trim()
  })
}

function refuse(field: string, rule: string): AppError {
  return new AppError('config.invalid', { message: `${field}: ${rule}`, field })
}
