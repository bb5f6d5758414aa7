import type { PhiClass } from '../types.ts'
import { ofDigits, ofWords, type Form } from './form.ts'
import type { IsOrdinary } from './name-forms.ts'
import type { KnownAddress, KnownIdentifier } from './patient.ts'
import { squashValue } from './squash.ts'

/** Words of street lines and how else they are written. */
const STREET_WORDS: readonly (readonly string[])[] = [
  ['street', 'st', 'str'],
  ['avenue', 'ave', 'av'],
  ['boulevard', 'blvd'],
  ['road', 'rd'],
  ['drive', 'dr'],
  ['lane', 'ln'],
  ['court', 'ct'],
  ['place', 'pl'],
  ['terrace', 'ter', 'terr'],
  ['circle', 'cir'],
  ['parkway', 'pkwy'],
  ['highway', 'hwy'],
  ['square', 'sq'],
  ['trail', 'trl'],
  ['north', 'n'],
  ['south', 's'],
  ['east', 'e'],
  ['west', 'w'],
  ['apartment', 'apt', 'unit', 'no'],
  ['suite', 'ste'],
  ['saint', 'st'],
]
const UNIT = /[,\s]+(?:apt|apartment|unit|suite|ste|no|room|rm|floor|fl|lot|bldg|#)[.\s]*#?\s*\w{1,6}$/i
const MIN_DIGITS = 5

export function addressForms(address: KnownAddress, isOrdinary: IsOrdinary): Form[] {
  const shared = { role: 'patient', score: 0.9, source: 'known.address' } as const
  const lines = address.lines.flatMap((line) => [line, line.replace(UNIT, '')])
  const streets = [...new Set(lines)].flatMap((line) => {
    const whole = spellings(line)
    // "lives on Maple Grove Road": the street without its number.
    const named = /^\d+[A-Za-z]?\s+(?<name>\S.*)$/.exec(line)?.groups?.['name']
    return [...whole, ...(named !== undefined && named.includes(' ') ? spellings(named) : [])]
  })
  return [
    ...streets.map((words) => {
      const needsCapitals = !/^\d/.test(words[0] ?? '')
      return ofWords(words, { ...shared, class: 'STREET', initials: [], needsCapitals })
    }),
    ...[address.city, address.county].flatMap((place, index): Form[] => {
      if (place === undefined) return []
      const words = place.split(/\s+/)
      // A city of one ordinary word (Reading, Mobile) is left to the rules of places, which look at its neighbours.
      const needsCapitals = words.every((word) => isOrdinary(squashValue(word).text))
      if (words.length === 1 && needsCapitals) return []
      return [ofWords(words, { ...shared, class: index === 0 ? 'CITY' : 'COUNTY', needsCapitals, initials: [] })]
    }),
    ...(address.postalCode === undefined ? [] : postalForms(address.postalCode)),
  ].filter(({ text }) => text.length > 3)
}

function postalForms(code: string): Form[] {
  const { text } = squashValue(code)
  const shared = { class: 'ZIP', role: 'patient', score: 0.9, source: 'known.address' } as const
  return /^\d{9}$/.test(text) ? [ofDigits(text, shared), ofDigits(text.slice(0, 5), shared)] : [ofDigits(text, shared)]
}

/** A street line with each of its words in full and short; at most a few dozen ways. */
function spellings(line: string): string[][] {
  const words = line.split(/[\s,]+/).filter((word) => squashValue(word).text !== '')
  let ways: string[][] = [[]]
  for (const [index, word] of words.entries()) {
    const plain = squashValue(word).text
    const group = index > 0 ? STREET_WORDS.find((one) => one.includes(plain)) : undefined
    const spelled = ways.length > 24 ? [word] : [...new Set([plain, ...(group ?? [])])]
    ways = ways.flatMap((way) => spelled.map((one) => [...way, one]))
  }
  return ways
}

export function phoneForms(phone: string): Form[] {
  const digits = phone.replace(/(?:ext|x)\.?\s*\d+$/i, '').replace(/\D/g, '')
  if (digits.length < 7) return []
  const national = digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits
  const ways = [digits, national, ...(national.length === 10 ? [national.slice(3), `1${national}`] : [])]
  return [...new Set(ways)].map((way) =>
    ofDigits(way, { class: 'PHONE', role: 'patient', score: way.length > 7 ? 0.95 : 0.85, source: 'known.phone' }),
  )
}

export function emailForms(email: string): Form[] {
  const [local = '', domain = ''] = email.toLowerCase().split('@')
  const shared = { class: 'EMAIL', role: 'patient', score: 0.97, source: 'known.email' } as const
  const forms = [
    ofWords([email.toLowerCase()], shared),
    ofWords(
      [local.replaceAll('.', ' dot '), 'at', ...domain.split('.').flatMap((part, i) => (i ? ['dot', part] : part))],
      shared,
    ),
    ofWords([local, 'at', ...domain.split('.').flatMap((part, i) => (i ? ['dot', part] : part))], shared),
  ].map((form) => ({ ...form, initials: [] }))
  const isTelling = local.length > 5 && (/[\d._-]/.test(local) || local.length > 8)
  return isTelling ? [...forms, ofWords([local], { ...shared, class: 'USERNAME', initials: [] })] : forms
}

export function identifierForms({ value, class: phiClass }: KnownIdentifier): Form[] {
  const { text } = squashValue(value)
  const shared = {
    class: phiClass satisfies PhiClass,
    role: 'patient',
    score: 0.95,
    source: 'known.identifier',
  } as const
  const digits = text.replace(/\D/g, '')
  const bare = digits.replace(/^0+/, '')
  const ways = new Set<string>()
  if (text.length >= 4 && digits.length > 0 && text.length >= (digits === text ? MIN_DIGITS : 4)) ways.add(text)
  if (digits.length >= MIN_DIGITS) ways.add(digits)
  if (bare.length >= MIN_DIGITS) ways.add(bare)
  // A name as an id, "jlopez-w": as it is written.
  if (digits.length === 0 && text.length > 5) ways.add(text)
  return Array.from(ways, (way) => ofDigits(way, shared))
}
