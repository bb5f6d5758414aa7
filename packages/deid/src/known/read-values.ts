import { AppError } from '@breakwater/kernel'
import { KNOWN_LIMITS } from './patient.ts'

/** A value of an outsider's and where it stands; errors name the place and the rule, never the value. */
export interface Place {
  readonly value: unknown
  readonly at: string
}

type Members = Readonly<Record<string, unknown>>

export function refuse(at: string, rule: string): AppError {
  return new AppError('body.invalid', { message: `${at}: ${rule}`, field: at })
}

export function readMembers({ value, at }: Place): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw refuse(at, 'an object')
}

export function member(members: Members, name: string, at: string): Place {
  return { value: members[name], at: at === '' ? name : `${at}.${name}` }
}

/** The elements of a list that may be left out. */
export function readList({ value, at }: Place, most: number): Place[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw refuse(at, 'a list')
  if (value.length > most) throw refuse(at, `at most ${most}`)
  return value.map((element: unknown, index) => ({ value: element, at: `${at}[${index}]` }))
}

/** A text that may be left out; blank is left out. */
export function readText({ value, at }: Place): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw refuse(at, 'a text')
  if (value.length > KNOWN_LIMITS.valueLength) throw refuse(at, `at most ${KNOWN_LIMITS.valueLength} characters`)
  const text = value.trim()
  return text === '' ? undefined : text
}

export function readTexts(place: Place, most: number): string[] {
  return readList(place, most).flatMap((element) => readText(element) ?? [])
}

const DATE = /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?=$|T)/

/** A date of FHIR, of which only the day, month and year are read. */
export function readDate(place: Place): string | undefined {
  const text = readText(place)
  if (text === undefined) return undefined
  const date = DATE.exec(text)?.[0]
  if (date === undefined) throw refuse(place.at, 'a date as YYYY-MM-DD')
  return date
}
