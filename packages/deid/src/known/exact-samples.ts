import fc from 'fast-check'
import { ordinal } from './date-forms.ts'
import { carrier, put } from './exact-carriers.ts'

/** A value of a patient's as somebody writes it, in a text, and the record that the engine is given. */
export interface ExactCase {
  readonly form: string
  readonly value: string
  readonly text: string
  /** Where the value begins in the text. */
  readonly at: number
  readonly record: Readonly<Record<string, unknown>>
}

/** Says whether a word (lower case, letters only) is an ordinary one too: docs/deid.md promises less for those. */
export type OrdinaryWord = (word: string) => boolean

const list = (words: string): string[] => words.split(',')

/** Given and family names of many origins, rare, short, with marks; and words of the language. All put together here. */
const GIVEN = list(
  "Maria,Robert,Elizabeth,Thandiwe,Nguyet,Siobhan,Oluwaseun,Bjarte,Zoë,José,François,Aoife,Xiomara,Katherine,Dmitri,Anneliese,Yusuf,Kwabena,Soo-jin,Mary-Beth,Ann,Li,Jo,Xi,Bo,Ngoc,Þórdís,Łukasz,Şebnem,Đặng,D'Angelo,La'Keisha,Jean-Luc,Nuʻu,Ioane,Wei,Ying,Tâm,Aiyana,Chayton,Ming-Hua,Abd al-Rahman,Mohammed,O,Jürgen,Ægir,Faith,Hope,Mark,Grant,Rose,Will,May,Summer,Virginia,Georgia,Florence,Dallas,Chase,Drew,Bill,Sage,Star,Major,Iron,Al,An,Thi,Bao",
)
const FAMILY = list(
  "Lopez,Okonkwo-Reyes,de la Cruz,van der Berg,O'Brien,D'Souza,McAllister,Müller,Hernández,Szczepański,Abdulrahman,Papadopoulos,Wojciechowski,Featherstonehaugh,Nakamura,Ng,Wu,Kim,Diaz,Ødegaard,García-Lorca,St. Clair,Xu,Yi,Al-Sayed,el-Masri,bin Saleh-Quist,Nguyễn,Tô,Garcia Marquez,Ortiz y Gasset,Vigfúsdóttir,Ivanov-Petrov,Begay,Yellowhorse,Kealoha,Tran,Ha,Lal,Jung,Peom,Mac Giolla,Ó Súilleabháin,Nic Dhomhnaill,Afraid of Bear,Iron Shield,Long,Young,White,Brown,Wells,Pain,Best,Moon,Bone,Graves,Parkinson,Bell,Foley,Washington,Lincoln,March,Friday,Winter,Hill,Fields,Power,Lake,Shepherd,Virginia,Day,Price,Short,Little,Head",
)
const OTHER_SCRIPTS: readonly (readonly [string, string])[] = [
  ['小明', '王'],
  ['美咲', '佐藤'],
  ['민준', '김'],
  ['Иван', 'Петров'],
  ['Ελένη', 'Παππά'],
  ['فاطمة', 'الزهراء'],
]

interface Person {
  readonly given: readonly string[]
  readonly family: string
}

const latinPerson: fc.Arbitrary<Person> = fc.record({
  given: fc.uniqueArray(fc.constantFrom(...GIVEN), { minLength: 1, maxLength: 3 }),
  family: fc.constantFrom(...FAMILY),
})
const otherPerson: fc.Arbitrary<Person> = fc
  .constantFrom(...OTHER_SCRIPTS)
  .map(([given, family]) => ({ given: [given], family }))
const person = fc.oneof({ weight: 30, arbitrary: latinPerson }, { weight: 1, arbitrary: otherPerson })

/** Ways to write a whole name. */
const WHOLE: Readonly<Record<string, (given: readonly string[], family: string) => string>> = {
  'first last': ([first = ''], family) => `${first} ${family}`,
  'all last': (given, family) => `${given.join(' ')} ${family}`,
  'last, first': ([first = ''], family) => `${family}, ${first}`,
  'last, all': (given, family) => `${family}, ${given.join(' ')}`,
  'last first': ([first = ''], family) => `${family} ${first}`,
  'first m. last': ([first = '', middle = 'Q'], family) => `${first} ${middle.charAt(0)}. ${family}`,
  'first m last': ([first = '', middle = 'Q'], family) => `${first} ${middle.charAt(0)} ${family}`,
  'last, first m.': ([first = '', middle = 'Q'], family) => `${family}, ${first} ${middle.charAt(0)}.`,
  'last,first': ([first = ''], family) => `${family},${first}`,
  'f. last': ([first = ''], family) => `${first.charAt(0)}. ${family}`,
  'last, f.': ([first = ''], family) => `${family}, ${first.charAt(0)}.`,
  'last^first': ([first = ''], family) => `${family}^${first}`,
  'first\\nlast': ([first = ''], family) => `${first}\n   ${family}`,
  'last,\\nfirst': ([first = ''], family) => `${family},\r\n${first}`,
  'first|last': ([first = ''], family) => `${first} | ${family}`,
  'first\\tlast': ([first = ''], family) => `${first}\t${family}`,
  first_last: ([first = ''], family) => `${first}_${family}`.replace(/\s/g, '_'),
  'first.last': ([first = ''], family) => `${first}.${family}`.replace(/\s/g, '.'),
  'last-first': ([first = ''], family) => `${family}-${first}`.replace(/\s/g, '-'),
  'first%20last': ([first = ''], family) => `${first} ${family}`.replace(/\s/g, '%20'),
  'first+last': ([first = ''], family) => `${first} ${family}`.replace(/\s/g, '+'),
  '"last", "first"': ([first = ''], family) => `"${family}", "${first}"`,
}

type Change = (value: string) => string

const fold: Change = (value) => value.normalize('NFD').replace(/\p{M}/gu, '')

/** How a form may look otherwise and stay exact. Lower case is not among them: see `isRaised`. */
const CHANGES: Readonly<Record<string, Change>> = {
  'as it is': (value) => value,
  caps: (value) => value.toUpperCase(),
  folded: fold,
  decomposed: (value) => value.normalize('NFD'),
  curly: (value) => value.replaceAll("'", '\u2019').replaceAll('-', '\u2010'),
  nbsp: (value) => value.replaceAll(' ', '\u00a0'),
}

/** What may stand right behind a form of a name. */
const ENDINGS = ['', '', '', "'s", '\u2019s']

const lettersOf = (word: string): string => fold(word).normalize('NFC').toLowerCase().replace(/\P{L}/gu, '')

/** Whole names. With a word in it that is no ordinary one, in lower case too; else where its words begin with capitals. */
export function wholeNames(isOrdinary: OrdinaryWord): fc.Arbitrary<ExactCase> {
  return fc
    .record({
      person,
      form: fc.constantFrom(...Object.keys(WHOLE)),
      change: fc.constantFrom(...Object.keys(CHANGES), 'lower'),
      part: fc.nat(),
      ending: fc.constantFrom(...ENDINGS),
      carrier,
    })
    .filter(({ person: one, form }) => isWholeName(one, form))
    .map((made) => {
      const { given, family } = made.person
      const ways = familyWays(family)
      const written = WHOLE[made.form]?.(given, ways[made.part % ways.length] ?? family) ?? ''
      const words = written.split(/[^\p{L}\p{M}]+/u).filter((word) => lettersOf(word).length > 1)
      const mayBeLower = words.some((word) => !isOrdinary(lettersOf(word)) && lettersOf(word).length > 2)
      const change = made.change === 'lower' ? (mayBeLower ? toLower : (one: string) => one) : CHANGES[made.change]
      const value = change?.(written) ?? written
      const placed = put(made.carrier, value)
      const at = placed.at
      const ending = made.form.includes('"') ? '' : made.ending
      const text = placed.text.slice(0, at + value.length) + ending + placed.text.slice(at + value.length)
      return { form: `${made.form}, ${made.change}`, value, text, at, record: toRecord(made.person) }
    })
}

const toLower: Change = (value) => value.toLowerCase()

/** A letter and an ordinary word are exact only as "W. Long"; a name of single letters is not. */
function isWholeName({ given: [first = ''], family }: Person, form: string): boolean {
  if (lettersOf(first).length < 2 || lettersOf(family).length < 2) return false
  return !/^(?:f\.|last, f\.)/.test(form) || /^\p{Lu}\p{Ll}/u.test(first)
}

/** A family name whole, without its small words, and each part of a double one. */
function familyWays(family: string): string[] {
  const core = family.replace(/^(?:(?:de|la|van|der|bin|el|y)[ -])+/i, '')
  const parts = core.includes('-') ? core.split('-').filter((part) => lettersOf(part).length > 2) : []
  return [family, core, ...parts]
}

function toRecord({ given, family }: Person): Record<string, unknown> {
  return { resourceType: 'Patient', id: 'p-1', name: [{ family, given }] }
}

/** One word of a name: four letters and more in any case, three with a capital; ordinary words are another matter. */
export function singleWords(isOrdinary: OrdinaryWord): fc.Arbitrary<ExactCase> {
  return fc
    .record({
      person,
      pick: fc.nat(),
      change: fc.constantFrom(...Object.keys(CHANGES), 'lower'),
      ending: fc.constantFrom(...ENDINGS),
      carrier,
    })
    .map(({ person: one, pick, change, ending, carrier: around }) => {
      const words = [...one.given, ...one.family.split(' ')].flatMap((word) => [word, ...word.split('-')])
      const word = words[pick % words.length] ?? ''
      return { one, word, change, ending, around }
    })
    .filter(({ word, change }) => {
      const letters = lettersOf(word)
      if (/^(?:al|el|bin|de|la|van|der|y|of|st|mac|nic|ó|abd)$/i.test(letters)) return false
      return (
        !/\s/.test(word) &&
        letters.length > (change === 'lower' || !/^\p{Lu}/u.test(word) ? 3 : 2) &&
        !isOrdinary(letters)
      )
    })
    .map(({ one, word, change, ending, around }) => {
      const value = change === 'lower' ? word.toLowerCase() : (CHANGES[change]?.(word) ?? word)
      const { text, at } = put(around, value)
      const whole = text.slice(0, at + value.length) + ending + text.slice(at + value.length)
      return { form: `one word, ${change}`, value, text: whole, at, record: toRecord(one) }
    })
}

/** One ordinary or short word of a name, where its place says whose it is. */
export const cuedWords: fc.Arbitrary<ExactCase> = fc
  .record({
    person: latinPerson,
    isFamily: fc.boolean(),
    cue: fc.constantFrom<readonly [string, string, string]>(
      ['titled', 'Mrs. ', ' was seen today.'],
      ['titled, lower case', 'spoke with mr. ', ' about it'],
      ['owned', 'The team looked at ', "'s wound again."],
      ['label, last name', 'Last name: ', '\nSex: F'],
      ['label, first name', 'first name: ', ', sex f'],
      ['label, JSON', '{"family":"', '","gender":"female"}'],
      ['label, JSON list', '{"given":["', '"],"gender":"female"}'],
      ['told', 'I told ', ' about it.'],
    ),
    carrier,
  })
  .map(({ person: { given, family }, isFamily, cue: [form, before, after] }) => {
    const name = isFamily ? family : (given[0] ?? '')
    const isLower = /lower|first name/.test(form)
    const value = isLower ? name.toLowerCase() : name
    const { text, at } = put([before, after], value)
    return { form: `${form}, ${isFamily ? 'family' : 'given'}`, value, text, at, record: toRecord({ given, family }) }
  })
  .filter(({ value, form }) => lettersOf(value).length > 1 && !(/told|owned/.test(form) && !/^\p{Lu}/u.test(value)))

const MONTHS = list('January,February,March,April,May,June,July,August,September,October,November,December')

const DATES: Readonly<Record<string, (y: string, m: string, d: string) => string>> = {
  'y-m-d': (y, m, d) => `${y}-${m}-${d}`,
  'm/d/y': (y, m, d) => `${m}/${d}/${y}`,
  'm/d/y short': (y, m, d) => `${Number(m)}/${Number(d)}/${y.slice(2)}`,
  'd.m.y': (y, m, d) => `${d}.${m}.${y}`,
  'd-m-y': (y, m, d) => `${Number(d)}-${Number(m)}-${y}`,
  'y/m/d': (y, m, d) => `${y}/${m}/${d}`,
  'm d y': (y, m, d) => `${m} ${d} ${y}`,
  mdy: (y, m, d) => `${m}${d}${y}`,
  ymd: (y, m, d) => `${y}${m}${d}`,
  'month d, y': (y, m, d) => `${MONTHS[Number(m) - 1]} ${Number(d)}, ${y}`,
  'month dth y': (y, m, d) => `${MONTHS[Number(m) - 1]} ${ordinal(Number(d))} ${y}`,
  'd mon y': (y, m, d) => `${Number(d)} ${MONTHS[Number(m) - 1]?.slice(0, 3)} ${y}`,
  'dd-MON-yy': (y, m, d) => `${d}-${MONTHS[Number(m) - 1]?.slice(0, 3).toUpperCase()}-${y.slice(2)}`,
  'd of month': (y, m, d) => `${ordinal(Number(d))} of ${MONTHS[Number(m) - 1]} ${y}`,
  'mon\\nd': (y, m, d) => `${MONTHS[Number(m) - 1]}\n ${Number(d)}, ${y}`,
  ddMONy: (y, m, d) => `${d}${MONTHS[Number(m) - 1]?.slice(0, 3).toUpperCase()}${y}`,
}

/** The day of birth in figures and with the month's name. */
export const birthDates: fc.Arbitrary<ExactCase> = fc
  .record({
    year: fc.integer({ min: 1925, max: 2024 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    form: fc.constantFrom(...Object.keys(DATES)),
    carrier,
  })
  .map(({ year, month, day, form, carrier: around }) => {
    const [m, d] = [String(month).padStart(2, '0'), String(day).padStart(2, '0')]
    const value = DATES[form]?.(String(year), m, d) ?? ''
    const { text, at } = put(around, value)
    return { form, value, text, at, record: { resourceType: 'Patient', birthDate: `${year}-${m}-${d}` } }
  })

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((one) => one.join(''))

const PHONES: Readonly<Record<string, (area: string, exchange: string, line: string) => string>> = {
  '(a) e-l': (a, e, l) => `(${a}) ${e}-${l}`,
  'a-e-l': (a, e, l) => `${a}-${e}-${l}`,
  'a.e.l': (a, e, l) => `${a}.${e}.${l}`,
  'a e l': (a, e, l) => `${a} ${e} ${l}`,
  ael: (a, e, l) => `${a}${e}${l}`,
  '+1 a e l': (a, e, l) => `+1 ${a} ${e} ${l}`,
  '1-a-e-l': (a, e, l) => `1-${a}-${e}-${l}`,
  '+1ael': (a, e, l) => `+1${a}${e}${l}`,
  'a/e-l': (a, e, l) => `${a}/${e}-${l}`,
  'e-l': (_, e, l) => `${e}-${l}`,
  el: (_, e, l) => `${e}${l}`,
}

/** Telephone numbers with any signs between, with and without the country and the area. */
export const phones: fc.Arbitrary<ExactCase> = fc
  .record({
    area: fc.integer({ min: 201, max: 989 }).map(String),
    exchange: fc.integer({ min: 200, max: 999 }).map(String),
    line: digits(4),
    stored: fc.constantFrom(...Object.keys(PHONES).slice(0, 8)),
    form: fc.constantFrom(...Object.keys(PHONES)),
    carrier,
  })
  .map(({ area, exchange, line, stored, form, carrier: around }) => {
    const value = PHONES[form]?.(area, exchange, line) ?? ''
    const { text, at } = put(around, value)
    const telecom = [{ system: 'phone', value: PHONES[stored]?.(area, exchange, line) }]
    return { form, value, text, at, record: { resourceType: 'Patient', telecom } }
  })

const letters = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...list('A,B,C,D,E,F,G,H,J,K,L,M,N,P,Q,R,S,T,U,V,W,X,Y,Z')), {
      minLength: length,
      maxLength: length,
    })
    .map((one) => one.join(''))

const identifier = fc.oneof(
  digits(5),
  digits(8),
  digits(10),
  digits(16),
  fc.tuple(letters(1), digits(6)).map(([a, b]) => `${a}${b}`),
  fc.tuple(letters(3), digits(5)).map(([a, b]) => `${a}-${b}`),
  fc.tuple(letters(2), digits(4), letters(2), digits(2)).map((parts) => parts.join('')),
  fc.tuple(digits(3), digits(2), digits(4)).map((parts) => parts.join('-')),
  fc.tuple(digits(4), digits(4)).map((parts) => parts.join('/')),
  fc.tuple(letters(1), digits(3)).map(([a, b]) => `${a}${b}`),
  fc.uuid(),
)
const NUMBERS: Readonly<Record<string, Change>> = {
  'as it is': (value) => value,
  lower: (value) => value.toLowerCase(),
  'without signs': (value) => value.replace(/[^\p{L}\p{N}]/gu, ''),
  'in groups': (value) => (/^\d{8,}$/.test(value) ? value.replace(/(\d{3})(?=\d)/g, '$1-') : value),
  'behind letters': (value) => (/^\d{6,}$/.test(value) ? `MRN${value}` : value),
  'behind #': (value) => `#${value}`,
}

/** Identifiers with any signs between, in any case. */
export const identifiers: fc.Arbitrary<ExactCase> = fc
  .record({
    value: identifier.filter((value) => (value.match(/\d/g) ?? []).length > 2 && !/^0+\D*0*$/.test(value)),
    form: fc.constantFrom(...Object.keys(NUMBERS)),
    code: fc.constantFrom('MR', 'SS', 'MB', 'AN', 'DL', 'XX'),
    carrier,
  })
  .map(({ value, form, code, carrier: around }) => {
    const written = NUMBERS[form]?.(value) ?? value
    const { text, at } = put(around, written)
    const record = { resourceType: 'Patient', identifier: [{ type: { coding: [{ code }] }, value }] }
    return { form, value: written, text, at, record }
  })

const STREET_NAMES = list(
  'Quillhaven,Elm,North Tamsin,Long Bridge,Orrery,Bellwether,St. James,King,Martin Luther King,42nd,Avenida del Sol,Pain',
)
const STREET_TYPES: readonly (readonly [string, readonly string[]])[] = [
  ['Road', ['Road', 'Rd', 'Rd.']],
  ['Street', ['Street', 'St', 'St.']],
  ['Avenue', ['Avenue', 'Ave', 'Ave.']],
  ['Lane', ['Lane', 'Ln']],
  ['Boulevard', ['Boulevard', 'Blvd']],
  ['Drive', ['Drive', 'Dr', 'Dr.']],
]

/** Street lines with their number, the word for the street in full or short, with and without the unit. */
export const addresses: fc.Arbitrary<ExactCase> = fc
  .record({
    number: fc.integer({ min: 1, max: 19_999 }),
    street: fc.constantFrom(...STREET_NAMES),
    type: fc.constantFrom(...STREET_TYPES),
    short: fc.nat(),
    unit: fc.constantFrom('', ' Apt 4', ', Unit 12B', ' #7'),
    hasUnit: fc.boolean(),
    change: fc.constantFrom('as it is', 'caps', 'lower'),
    carrier,
  })
  .map(({ number, street, type: [full, ways], short, unit, hasUnit, change, carrier: around }) => {
    const line = `${number} ${street} ${full}${unit}`
    const written = `${number} ${street} ${ways[short % ways.length]}${hasUnit ? unit : ''}`.trim()
    const value = change === 'caps' ? written.toUpperCase() : change === 'lower' ? written.toLowerCase() : written
    const { text, at } = put(around, value)
    return { form: `street, ${change}`, value, text, at, record: { addresses: [{ lines: [line] }] } }
  })

const EMAILS: Readonly<Record<string, Change>> = {
  'as it is': (value) => value,
  caps: (value) => value.toUpperCase(),
  'at, dot': (value) => value.replaceAll('.', ' dot ').replace('@', ' at '),
  encoded: (value) => value.replace('@', '%40'),
}

export const emails: fc.Arbitrary<ExactCase> = fc
  .record({
    local: fc.constantFrom('maria.lopez', 'jquist82', 'a.b', 'long-young', 'zz_top+clinic', 'x'),
    domain: fc.constantFrom('example.org', 'mail.example.co.uk', 'quoin.health'),
    form: fc.constantFrom(...Object.keys(EMAILS)),
    carrier: carrier.filter(([, after]) => !after.startsWith('@')),
  })
  .map(({ local, domain, form, carrier: around }) => {
    const stored = `${local}@${domain}`
    const value = EMAILS[form]?.(stored) ?? stored
    const { text, at } = put(around, value)
    return { form, value, text, at, record: { emails: [stored] } }
  })
