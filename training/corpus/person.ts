import type { Role } from '@breakwater/deid'
import type { Piece } from './piece.ts'
import type { Random } from './random.ts'
import type { Split } from './split.ts'
import { composeSurname, type NameGroup, type Surfaces } from './surfaces.ts'

export interface Person {
  readonly role: Role
  readonly group: string
  readonly isFemale: boolean
  readonly given: string
  readonly middle: string
  readonly surname: string
  readonly suffix: string
  readonly nick: string
  /** The surname stands first in this person's full name. */
  readonly isFamilyFirst: boolean
  readonly credential: string
}

const FAMILY_FIRST = new Set(['chinese', 'korean', 'vietnamese', 'japanese'])
const PARTICLES: Readonly<Record<string, readonly string[]>> = {
  hispanic: ['de', 'de la', 'del', 'de los'],
  arabic: ['al-', 'El-', 'Al ', 'bin ', 'Abu ', 'ibn '],
  european: ['van ', 'van der ', 'de ', 'von ', 'Di ', "D'", 'La', 'De ', 'ter ', 'du '],
  anglo: ["O'", 'Mc', 'Mac', 'St. ', 'Fitz'],
}
const SUFFIXES = ['Jr.', 'Jr', 'Sr.', 'II', 'III', 'IV']
const CREDENTIALS = [
  'MD',
  'M.D.',
  'DO',
  'NP',
  'PA-C',
  'RN',
  'MD, PhD',
  'DPT',
  'PharmD',
  'LCSW',
  'FNP-C',
  'APRN',
  'MD, FACC',
  'DDS',
  'CRNA',
  'LPN',
]

/** Adds what families of a group put before a surname, and doubles some. */
function dressSurname(surname: string, group: NameGroup, random: Random): string {
  const particles = PARTICLES[group.id]
  if (group.id === 'hispanic' && random.chance(0.3))
    return `${surname}${random.pick([' ', ' ', '-', ' y '])}${random.pick(group.surnames)}`
  if (particles && random.chance(group.id === 'anglo' ? 0.06 : 0.15)) {
    const particle = random.pick(particles)
    return group.id === 'hispanic' ? `${particle} ${surname}` : particle + surname
  }
  if (random.chance(0.06) && group.id !== 'word') return `${surname}-${random.pick(group.surnames)}`
  return surname
}

function pickSurname(group: NameGroup, surfaces: Surfaces, split: Split, random: Random): string {
  const source = random.next()
  if (source < 0.22 && group.starts.length > 0) return composeSurname(group, split, random)
  if (source < 0.4 && surfaces.listed.surnames.length > 0) return random.pick(surfaces.listed.surnames)
  return dressSurname(random.pick(group.surnames), group, random)
}

function pickGiven(group: NameGroup, isFemale: boolean, surfaces: Surfaces, random: Random): string {
  if (surfaces.listed.given.length > 0 && random.chance(0.15)) return random.pick(surfaces.listed.given)
  const pool = isFemale ? group.female : group.male
  const given = random.pick(pool)
  if ((group.id === 'chinese' || group.id === 'korean') && random.chance(0.25))
    return `${given}-${random.pick(pool).toLowerCase()}`
  if (random.chance(0.05)) return `${given}${random.pick(['-', ' '])}${random.pick(pool)}`
  return given
}

function nickname(given: string, random: Random): string {
  const stem = given.replace(/[^\p{L}].*$/u, '')
  if (stem.length < 5) return stem
  return stem.slice(0, random.between(3, 4)) + random.pick(['', '', 'y', 'ie', 'a'])
}

/** Makes up a person whose names belong to the split. A relative may bear the surname of the patient. */
export function createPerson(
  role: Role,
  surfaces: Surfaces,
  split: Split,
  random: Random,
  family?: Person,
  isFemale = random.chance(0.5),
): Person {
  const own = family && random.chance(0.85) ? surfaces.groups.find(({ id }) => id === family.group) : undefined
  const group = own ?? random.pick(surfaces.groups)
  const given = pickGiven(group, isFemale, surfaces, random)
  return {
    role,
    group: group.id,
    isFemale,
    given,
    middle: pickGiven(group, isFemale, surfaces, random),
    surname: family && random.chance(0.55) ? family.surname : pickSurname(group, surfaces, split, random),
    suffix: role === 'patient' && !isFemale && random.chance(0.1) ? random.pick(SUFFIXES) : '',
    nick: nickname(given, random),
    isFamilyFirst: FAMILY_FIRST.has(group.id) && random.chance(0.25),
    credential: random.pick(CREDENTIALS),
  }
}

const initial = (name: string): string => name.charAt(0).toUpperCase()

/** The ways of writing a person, without honorific and credential. */
const FORMS: Readonly<Record<string, (person: Person, random: Random) => string>> = {
  full: (p, r) => {
    if (p.isFamilyFirst) return `${p.surname} ${p.given}`
    const middle = r.pick([
      '',
      '',
      '',
      '',
      ` ${initial(p.middle)}.`,
      ` ${initial(p.middle)}.`,
      ` ${initial(p.middle)}`,
      ` ${p.middle}`,
    ])
    return `${p.given}${middle} ${p.surname}${p.suffix === '' ? '' : `${r.pick([' ', ', '])}${p.suffix}`}`
  },
  gl: (p) => (p.isFamilyFirst ? `${p.surname} ${p.given}` : `${p.given} ${p.surname}`),
  first: (p) => p.given,
  last: (p) => p.surname,
  nick: (p) => p.nick,
  comma: (p, r) =>
    `${p.surname}, ${p.given}${r.pick(['', '', ` ${initial(p.middle)}.`, ` ${initial(p.middle)}`, ` ${p.middle}`])}`,
  commacaps: (p, r) => `${p.surname}, ${p.given}${r.pick(['', ` ${initial(p.middle)}`, ` ${p.middle}`])}`.toUpperCase(),
  caps: (p) => `${p.given} ${p.surname}`.toUpperCase(),
  finit: (p) => `${initial(p.given)}. ${p.surname}`,
  finitmid: (p) => `${initial(p.given)}.${initial(p.middle)}. ${p.surname}`,
  linit: (p) => `${p.given} ${initial(p.surname)}.`,
  commainit: (p) => `${p.surname}, ${initial(p.given)}.`,
  glued: (p) => `${p.surname},${p.given}`,
  hl7: (p, r) => `${p.surname}^${p.given}${r.pick(['', `^${initial(p.middle)}`, `^${p.middle}`])}`.toUpperCase(),
}

const MIXES: Readonly<Record<string, readonly string[]>> = {
  any: ['full', 'full', 'gl', 'gl', 'comma', 'finit', 'linit', 'first', 'last'],
  head: ['comma', 'comma', 'commacaps', 'full', 'gl', 'caps', 'glued', 'commainit'],
  sign: ['full', 'gl', 'full', 'finit', 'caps', 'finitmid'],
}

/** Writes a person in a form of FORMS, or one of a mix. Initials are a class of their own; titles stay unlabelled. */
export function writePerson(person: Person, form: string, random: Random): Piece[] {
  const label = { class: 'NAME', role: person.role, group: person.group } as const
  if (form === 'initials') {
    const letters = random.chance(0.3)
      ? [initial(person.given), initial(person.middle), initial(person.surname)]
      : [initial(person.given), initial(person.surname)]
    const text = random.pick([
      letters.map((l) => `${l}.`).join(''),
      letters.join(''),
      letters.map((l) => `${l}.`).join(' '),
    ])
    return [{ text, label: { ...label, class: 'INITIALS' } }]
  }
  if (form === 'title') return [{ text: `${honorific(person, random)} ` }, { text: person.surname, label }]
  if (form === 'titlefull')
    return [{ text: `${honorific(person, random)} ` }, { text: write('gl', person, random), label }]
  if (form === 'cred')
    return [
      { text: write(random.pick(MIXES['sign'] ?? []), person, random), label },
      { text: `, ${person.credential}` },
    ]
  const mix = MIXES[form]
  return [{ text: write(mix ? random.pick(mix) : form, person, random), label }]
}

function write(form: string, person: Person, random: Random): string {
  const writer = FORMS[form]
  if (!writer) throw new RangeError(`no form of a name: ${form}`)
  return writer(person, random)
}

function honorific({ role, isFemale }: Person, random: Random): string {
  if (role === 'clinician') return random.pick(['Dr.', 'Dr.', 'Dr.', 'Dr', 'Doctor'])
  return isFemale ? random.pick(['Ms.', 'Mrs.', 'Ms', 'Miss', 'Mrs']) : random.pick(['Mr.', 'Mr.', 'Mr', 'Mister'])
}
