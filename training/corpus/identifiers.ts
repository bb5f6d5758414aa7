import { readSections } from './lists.ts'
import type { Random } from './random.ts'
import type { Split } from './split.ts'

export interface IdFormat {
  readonly id: string
  readonly isHeldOut: boolean
  /** Only training has it: the test stays as it was frozen. */
  readonly isForTraining?: boolean
  readonly weight: number
  readonly pattern: string
}

const DIGIT_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ'
const MBI_LETTERS = 'ACDEFGHJKMNPQRTUVWXY'

const draw = (random: Random, signs: string): string => signs.charAt(random.below(signs.length))

const SIGNS: Readonly<Record<string, string>> = {
  '9': '123456789',
  '#': '0123456789',
  '@': LETTERS,
  '%': 'abcdefghkmnprstuvw',
  '&': `${LETTERS}0123456789`,
  x: '0123456789abcdef',
  X: '0123456789ABCDEF',
}

/** Fills a pattern of formats.txt. */
export function fillPattern(pattern: string, random: Random): string {
  let text = ''
  for (let i = 0; i < pattern.length; i++) {
    const sign = pattern.charAt(i)
    if (sign === '~') text += pattern.charAt(++i)
    else text += SIGNS[sign] === undefined ? sign : draw(random, SIGNS[sign])
  }
  return text
}

function luhnDigit(digits: string): string {
  let sum = 0
  for (const [at, digit] of digits.split('').toReversed().entries()) {
    const value = at % 2 === 0 ? Number(digit) * 2 : Number(digit)
    sum += value > 9 ? value - 9 : value
  }
  return String((10 - (sum % 10)) % 10)
}

/** Half of all ids check, half do not: text is full of specimen and mistyped numbers. */
function checked(body: string, random: Random, prefix = ''): string {
  return body + (random.chance(0.5) ? luhnDigit(prefix + body) : draw(random, '0123456789'))
}

const mbi = (random: Random): readonly string[] => {
  const letter = (): string => draw(random, MBI_LETTERS)
  const either = (): string => (random.chance(0.5) ? letter() : draw(random, '0123456789'))
  const digit = (): string => draw(random, '0123456789')
  return [
    `${random.between(1, 9)}${letter()}${either()}${digit()}`,
    `${letter()}${either()}${digit()}`,
    `${letter()}${letter()}${digit()}${digit()}`,
  ]
}

function card(random: Random): readonly string[] {
  const digits = checked(
    random
      .pick(['4', '51', '55', '6011'])
      .padEnd(15, '*')
      .replaceAll('*', () => draw(random, '0123456789')),
    random,
  )
  return digits.match(/.{4}/g) ?? []
}

const iban = (random: Random): readonly string[] =>
  fillPattern(
    random.pick(['~D~E##5####### 0##########', '~G~B##~N~W~B~K##############', '~F~R##3######### 9######~A##']),
    random,
  )
    .replaceAll(' ', '')
    .match(/.{1,4}/g) ?? []

function dea(random: Random): string {
  const digits = fillPattern('######', random)
  const [a, b, c, d, e, f] = digits.split('').map(Number)
  const sum = (a ?? 0) + (c ?? 0) + (e ?? 0) + 2 * ((b ?? 0) + (d ?? 0) + (f ?? 0))
  return `${draw(random, 'ABFM')}${draw(random, LETTERS)}${digits}${random.chance(0.5) ? sum % 10 : random.below(10)}`
}

const vin = (random: Random): string =>
  random.pick(['1H', '1F', 'JT', '2T', '3V', '5Y', 'KM', 'WB']) +
  fillPattern('@@###@#', random) +
  fillPattern('&@######', random)

const ipv4 = (random: Random): string =>
  random.pick([
    () => `192.0.2.${random.below(256)}`,
    () => `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
    () => `${random.between(11, 223)}.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
  ])()

const coordinate = (random: Random, low: number, high: number, places: number): string =>
  (low + random.next() * (high - low)).toFixed(places)

const latitude = (random: Random): string => coordinate(random, 25, 48.9, random.between(3, 6))
const longitude = (random: Random): string => coordinate(random, 68, 124, random.between(3, 6))

const zip = (random: Random): string => String(random.between(501, 99950)).padStart(5, '0')

const degrees = (random: Random): string =>
  `${random.between(25, 48)}°${random.between(10, 59)}'${random.between(10, 59)}"N ${random.between(70, 122)}°${random.between(10, 59)}'${random.between(10, 59)}"W`

function speakDigits(digits: string, random: Random): string {
  const zero = random.pick(['zero', 'oh'])
  return digits
    .split('')
    .map((digit) => (digit === '0' ? zero : DIGIT_WORDS[Number(digit)]))
    .join(' ')
}

/** Makers for formats that a pattern cannot tell, by the name behind `=`. */
export const MAKERS: Readonly<Record<string, (random: Random) => string>> = {
  mbi: (random) => mbi(random).join(''),
  'mbi-dash': (random) => mbi(random).join('-'),
  'mbi-blank': (random) => mbi(random).join(' '),
  card: (random) => card(random).join(''),
  'card-blank': (random) => card(random).join(' '),
  'card-dash': (random) => card(random).join('-'),
  iban: (random) => iban(random).join(''),
  'iban-blank': (random) => iban(random).join(' '),
  npi: (random) => checked(fillPattern('1########', random), random, '80840'),
  dea,
  vin,
  'vin-dash': (random) => vin(random).replace(/^(.{3})(.{6})/, '$1-$2-'),
  ipv4,
  'ipv4-port': (random) => `${ipv4(random)}:${random.pick([80, 443, 8080, 8443, 3389])}`,
  'ipv4-cidr': (random) => `${ipv4(random)}/${random.pick([8, 16, 24, 28, 32])}`,
  latlong: (random) => `${latitude(random)}, -${longitude(random)}`,
  'latlong-ns': (random) => `${latitude(random)}° N, ${longitude(random)}° W`,
  'latlong-blank': (random) => `${latitude(random)} -${longitude(random)}`,
  dms: degrees,
  fips: (random) => String(random.between(1001, 56045)).padStart(5, '0'),
  geohash: (random) =>
    Array.from({ length: random.between(6, 9) }, () => draw(random, '0123456789bcdefghjkmnpqrstuvwxyz')).join(''),
  plus: (random) =>
    `${random.pick(['84', '85', '86', '87'])}${Array.from({ length: 6 }, () => draw(random, '23456789CFGHJMPQRVWX')).join('')}+${Array.from({ length: 2 }, () => draw(random, '23456789CFGHJMPQRVWX')).join('')}`,
  zip,
  zip9: (random) => `${zip(random)}-${fillPattern('####', random)}`,
  'zip9-glued': (random) => `${zip(random)}${fillPattern('####', random)}`,
  'zip9-blank': (random) => `${zip(random)} ${fillPattern('####', random)}`,
  'ssn-spoken': (random) => speakDigits(fillPattern('9########', random), random),
  'mrn-spoken': (random) =>
    [fillPattern('###', random), fillPattern('###', random)].map((group) => speakDigits(group, random)).join(', '),
  'latlong-named': (random) => `lat ${latitude(random)} lon -${longitude(random)}`,
  'latlong-slash': (random) => `${latitude(random)}/-${longitude(random)}`,
  'phone-spoken': (random) => speakDigits(fillPattern('9##9######', random), random),
}

function readFormats(): ReadonlyMap<string, readonly IdFormat[]> {
  const formats = new Map<string, IdFormat[]>()
  for (const line of readSections('formats.txt').get('formats') ?? []) {
    const [id = '', state, weight, pattern = ''] = line.split('\t')
    const family = id.split('.')[0] ?? ''
    const format = {
      id,
      isHeldOut: state === 'held',
      isForTraining: state === 'train',
      weight: Number(weight),
      pattern,
    }
    formats.set(family, [...(formats.get(family) ?? []), format])
  }
  return formats
}

/** By family: mrn, plan, account and so on. */
export const ID_FORMATS = readFormats()

/** The formats that a split may write. */
export function usableFormats<T extends { readonly isForTraining?: boolean }>(
  formats: readonly T[],
  split: Split,
): readonly T[] {
  return split === 'train' ? formats : formats.filter(({ isForTraining }) => isForTraining !== true)
}

/** Draws from weighted formats: the held-out ones, or the seen ones. */
export function pickFormat<T extends { readonly isHeldOut: boolean; readonly weight: number }>(
  formats: readonly T[],
  isHeldOut: boolean,
  random: Random,
): T {
  const wanted = formats.filter((format) => format.isHeldOut === isHeldOut)
  const pool = wanted.length > 0 ? wanted : formats
  let place = random.next() * pool.reduce((sum, { weight }) => sum + weight, 0)
  for (const format of pool) {
    place -= format.weight
    if (place < 0) return format
  }
  return random.pick(pool)
}
