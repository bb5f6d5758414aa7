import type { PhiClass, Role } from '@breakwater/deid'
import { CONTACTS } from './contacts.ts'
import { addDays, DATE_FORMATS, type Day, MONTHS, speakNumber, TIME_FORMATS, WEEKDAYS, weekdayOf } from './dates.ts'
import { fillPattern, ID_FORMATS, MAKERS, pickFormat, usableFormats } from './identifiers.ts'
import { canInvent, inventFormat } from './invent.ts'
import { readWordSections } from './lists.ts'
import { writePerson } from './person.ts'
import type { Piece } from './piece.ts'
import { writeEmployer, writeFacility, writeRoad, writeSpokenFacility, writeStreet, writeWard } from './places.ts'
import { wordsOf } from './split.ts'
import { personOf, relationOf, remember, type World } from './world.ts'

type Fill = (world: World, args: readonly string[]) => readonly Piece[]

const WORDS = readWordSections('words.txt')

const plain = (text: string): readonly Piece[] => [{ text }]
const labelled = (phiClass: PhiClass, text: string, role: Role = 'unknown', format?: string): readonly Piece[] => [
  { text, label: format === undefined ? { class: phiClass, role } : { class: phiClass, role, format } },
]

/** What `{any}` says without the dictionaries: words that nobody bears. */
const ANY_WORDS: readonly string[] = ['table', 'carpet', 'button', 'ladder', 'window', 'kettle', 'basket', 'pencil']

/** Held-out formats take four values in five of a document that may use them. */
const isHeldOut = (world: World): boolean => world.usesHeldOut && world.random.chance(0.8)

/** In training, how many identifiers have a form of no list: what a site's numbers look like is unknown beforehand. */
const INVENTED_SHARE = 0.15

const words = new Map<string, readonly string[]>()
function word(world: World, list: string): string {
  const key = `${list}/${world.split}`
  let own = words.get(key)
  if (!own) {
    own = wordsOf(WORDS.get(list) ?? [], world.split)
    words.set(key, own)
  }
  return world.random.pick(own)
}

/** Families of formats.txt: the class, and whose they are. */
const FAMILIES: Readonly<Record<string, readonly [PhiClass, Role]>> = {
  mrn: ['MRN', 'patient'],
  plan: ['PLAN_ID', 'patient'],
  account: ['ACCOUNT', 'patient'],
  licence: ['LICENCE', 'unknown'],
  vehicle: ['VEHICLE', 'patient'],
  device: ['DEVICE', 'patient'],
  oid: ['OTHER_ID', 'patient'],
  ssn: ['SSN', 'patient'],
  ssn4: ['SSN', 'patient'],
  ip: ['IP', 'unknown'],
  bio: ['BIOMETRIC', 'patient'],
  photo: ['PHOTO', 'patient'],
  geo: ['GEO', 'unknown'],
  zip: ['ZIP', 'unknown'],
  phone: ['PHONE', 'unknown'],
  fax: ['FAX', 'unknown'],
  email: ['EMAIL', 'unknown'],
  url: ['URL', 'unknown'],
  user: ['USERNAME', 'unknown'],
}

/** `{id.mrn}`, `{id.licence.npi}` (formats whose id begins so), `{id.mrn.+2}` (a second one of the document). */
function fillId(world: World, [family = '', ...rest]: readonly string[]): readonly Piece[] {
  const [phiClass, role] = FAMILIES[family] ?? ['OTHER_ID', 'unknown']
  const begin = rest.find((arg) => !arg.startsWith('+'))
  const all = usableFormats(ID_FORMATS.get(family === 'fax' ? 'phone' : family) ?? [], world.split)
  const formats = begin ? all.filter(({ id }) => id.startsWith(`${family}.${begin}`)) : all
  const isOneForAll = family === 'mrn' || family === 'ssn' || family === 'zip'
  const key = `${family}:${begin ?? ''}:${rest.find((arg) => arg.startsWith('+')) ?? ''}`
  const made = remember(
    world,
    `id:${key}`,
    () => {
      if (world.split === 'train' && canInvent(family) && world.random.chance(INVENTED_SHARE))
        return `${family}.invented\t${inventFormat(world.random)}`
      const { id, pattern } = pickFormat(formats, isHeldOut(world), world.random)
      return `${id}\t${write(world, pattern)}`
    },
    isOneForAll ? 0.9 : 0,
  )
  const [id = '', text = ''] = made.split('\t')
  const format = family === 'fax' ? id.replace('phone', 'fax') : id
  return labelled(phiClass, text, begin === 'npi' || begin === 'dea' ? 'clinician' : role, format)
}

function write(world: World, pattern: string): string {
  if (!pattern.startsWith('=')) return fillPattern(pattern, world.random)
  const name = pattern.slice(1)
  return MAKERS[name]?.(world.random) ?? CONTACTS[name]?.(world) ?? ''
}

/** Days before (or, negative, behind) the document's own. */
const DAYS: Readonly<Record<string, readonly [number, number]>> = {
  today: [0, 0],
  recent: [1, 20],
  past: [20, 2500],
  future: [-60, -1],
}

function dayOf(world: World, when: string): Day {
  if (when === 'birth') return world.birth
  const [low, high] = DAYS[when] ?? [0, 0]
  return addDays(world.today, -world.random.between(low, high))
}

/** `{date}`, `{date.past}`, `{date.birth}`; `{date.recent.part}` may lack the year. */
function fillDate(world: World, [when = 'today', extent]: readonly string[]): readonly Piece[] {
  const formats = usableFormats(DATE_FORMATS, world.split).filter(({ isWhole, id }) =>
    extent === 'part'
      ? !isWhole
      : isWhole && (when !== 'birth' || !/month-y|m-y|mon-y|month-of|month-comma-y|mon-tick|iso-time|hl7/.test(id)),
  )
  const held = isHeldOut(world)
  const pick = (): string => pickFormat(formats, held, world.random).id
  const id = held ? pick() : remember(world, `date:${extent ?? ''}`, pick, 0.6)
  const format = formats.find((one) => one.id === id) ?? pickFormat(formats, held, world.random)
  const day = dayOf(world, when)
  const date = labelled('DATE', format.write(day, world.random), when === 'birth' ? 'patient' : 'unknown', format.id)
  if (!/month-d|mdy-slash|mon-d|md-slash/.test(format.id) || !world.random.chance(0.07)) return date
  const weekday = WEEKDAYS[weekdayOf(day)] ?? ''
  const text = world.random.chance(0.3) ? weekday.slice(0, 3) : weekday
  return [...labelled('DATE_PART', text, 'unknown', 'part.weekday'), ...plain(world.random.pick([', ', ' '])), ...date]
}

function fillAge(world: World, [form]: readonly string[]): readonly Piece[] {
  const { random } = world
  const age =
    form === 'rel'
      ? world.usesHeldOut || random.chance(0.12)
        ? random.between(90, 103)
        : random.between(20, 89)
      : form === 'old'
        ? random.between(90, 106)
        : world.age
  const format = age >= 90 ? 'age.90' : 'age.89'
  const role = form === 'rel' ? 'relative' : 'patient'
  if (form === 'decade')
    return labelled('AGE', age >= 90 ? `${age < 100 ? 90 : 100}s` : `${Math.floor(age / 10) * 10}s`, role, format)
  const spoken = form === 'words' || random.chance(0.08)
  return labelled(
    'AGE',
    spoken ? speakNumber(age, random.pick(['-', ' '])) : String(age),
    role,
    spoken ? `${format}-words` : format,
  )
}

function fillQuarter({ random, today, ...world }: World): readonly Piece[] {
  const quarter = random.between(1, 4)
  const held = world.usesHeldOut && random.chance(0.8)
  const text = held
    ? random.pick([
        `${quarter}Q${today.year % 100}`,
        `the ${['first', 'second', 'third', 'fourth'][quarter - 1]} quarter of ${today.year}`.slice(4),
      ])
    : random.pick([`Q${quarter} ${today.year}`, `Q${quarter}`, `Q${quarter}/${today.year}`])
  return labelled('DATE_PART', text, 'unknown', held ? 'part.quarter-held' : 'part.quarter')
}

const facility =
  (kind: string, key: string): Fill =>
  (world) =>
    labelled(
      'FACILITY',
      remember(world, key, () => writeFacility(kind, world.surfaces, world.random), 0.85),
    )

const person =
  (key: string): Fill =>
  (world, [form = 'full', letters]) => {
    const pieces = writePerson(personOf(world, key), form, world.random)
    return letters === 'lower' ? pieces.map((piece) => ({ ...piece, text: piece.text.toLowerCase() })) : pieces
  }

/** A word by the patient's sex. */
const sexed =
  (female: string, male: string): Fill =>
  (world) =>
    plain(personOf(world, 'pt').isFemale ? female : male)

const city: Fill = (world, [key = '1']) =>
  labelled(
    'CITY',
    remember(world, `city:${key}`, () => world.random.pick(world.surfaces.cities)),
  )
const state: Fill = (world) =>
  labelled(
    'STATE',
    remember(world, 'state', () => word(world, 'states')),
  )
const stateCode: Fill = (world) =>
  labelled(
    'STATE',
    remember(world, 'st', () => world.random.pick(WORDS.get('st') ?? [])),
  )
const street: Fill = (world) => labelled('STREET', writeStreet(world.surfaces, world.random))
const zip: Fill = (world) => fillId(world, ['zip'])
const address =
  (joint: string): Fill =>
  (world) => [
    ...street(world, []),
    ...plain(joint),
    ...city(world, []),
    ...plain(world.random.pick([', ', ', ', ' '])),
    ...stateCode(world, []),
    ...plain(' '),
    ...zip(world, []),
  ]

/** What a slot of a template becomes. */
export const SLOTS: Readonly<Record<string, Fill>> = {
  ...Object.fromEntries(
    ['pt', 'rel', 'rel2', 'rel3', 'doc', 'doc2', 'doc3', 'nurse', 'nurse2', 'oth', 'oth2'].map((key) => [
      key,
      person(key),
    ]),
  ),
  relw: (world, [key = 'rel']) => plain(relationOf(world, key)),
  Relw: (world, [key = 'rel']) => plain(relationOf(world, key).replace(/^./, (letter) => letter.toUpperCase())),
  he: sexed('she', 'he'),
  He: sexed('She', 'He'),
  his: sexed('her', 'his'),
  His: sexed('Her', 'His'),
  him: sexed('her', 'him'),
  man: sexed('woman', 'man'),
  gentleman: sexed('lady', 'gentleman'),
  male: sexed('female', 'male'),
  M: sexed('F', 'M'),
  date: fillDate,
  dob: (world) => fillDate(world, ['birth']),
  time: (world) => {
    const { id, write: say } = pickFormat(usableFormats(TIME_FORMATS, world.split), isHeldOut(world), world.random)
    return labelled(
      'TIME',
      say(world.random.between(0, 23), world.random.pick([0, 5, 10, 15, 20, 30, 40, 45, 50, 7, 12, 33, 58])),
      'unknown',
      id,
    )
  },
  weekday: (world, [form]) => {
    const name = world.random.pick(WEEKDAYS)
    return labelled('DATE_PART', form === 'short' ? name.slice(0, 3) : name, 'unknown', 'part.weekday')
  },
  month: (world) => labelled('DATE_PART', world.random.pick(MONTHS), 'unknown', 'part.month'),
  season: (world) =>
    labelled(
      'DATE_PART',
      world.random.pick(['spring', 'summer', 'fall', 'autumn', 'winter']),
      'unknown',
      'part.season',
    ),
  seasonyear: (world) =>
    labelled(
      'DATE_PART',
      `${world.random.pick(['spring', 'summer', 'fall', 'winter', 'Spring', 'Fall'])} ${world.random.pick(['', 'of '])}${world.today.year}`,
      'unknown',
      'part.season-year',
    ),
  holiday: (world) => labelled('DATE_PART', word(world, 'holidays'), 'unknown', 'part.holiday'),
  quarter: (world) => fillQuarter(world),
  year: (world) =>
    labelled('YEAR', String(world.today.year - world.random.between(1, Math.min(25, Math.max(2, world.age))))),
  age: fillAge,
  id: fillId,
  kv: (world, args) => {
    const [family = '', begin] = args
    const label = word(world, `label.${begin ?? family}`)
    return [
      ...plain(label),
      ...plain(world.random.pick([': ', ': ', ': ', ' ', '# ', ' #', ':', '\t', ' = ', ' - ', ':\n', ' | ', ' is '])),
      ...fillId(world, args),
    ]
  },
  street,
  road: (world) => labelled('STREET', writeRoad(world.surfaces, world.random)),
  city,
  state,
  st: stateCode,
  zip,
  county: (world) =>
    labelled(
      'COUNTY',
      remember(
        world,
        'county',
        () =>
          `${world.random.pick(world.surfaces.counties)} ${world.random.pick(['County', 'County', 'County', 'Parish', 'Co.'])}`,
      ),
    ),
  country: (world) => labelled('COUNTRY', word(world, 'countries')),
  addr: address(', '),
  addrblock: address('\n'),
  fac: facility('hospital', 'fac'),
  fac2: facility('hospital', 'fac2'),
  facx: (world) =>
    labelled(
      'FACILITY',
      remember(world, 'facx', () => writeSpokenFacility(world.surfaces, world.random), 0.7),
    ),
  clinic: facility('clinic', 'clinic'),
  clinic2: facility('clinic', 'clinic2'),
  pharmacy: facility('pharmacy', 'pharmacy'),
  home: facility('home', 'home'),
  school: facility('school', 'school'),
  ward: (world) => labelled('FACILITY', writeWard(world.surfaces, world.random)),
  room: ({ random }) =>
    labelled(
      'FACILITY',
      `${random.between(1, 12)}${random.between(10, 45)}${random.pick(['', '', 'A', 'B', '-1', '-2'])}`,
    ),
  emp: (world) =>
    labelled(
      'EMPLOYER',
      remember(world, 'emp', () => writeEmployer(world.surfaces, world.random)),
      'employer',
    ),
  w: (world, [list = '']) => plain(word(world, list)),
  W: (world, [list = '']) => plain(word(world, list).replace(/^./, (letter) => letter.toUpperCase())),
  any: (world) => plain(world.random.pick(world.surfaces.words.length > 0 ? world.surfaces.words : ANY_WORDS)),
  Any: (world) =>
    plain(
      world.random
        .pick(world.surfaces.words.length > 0 ? world.surfaces.words : ANY_WORDS)
        .replace(/^./, (letter) => letter.toUpperCase()),
    ),
  n: ({ random }, [low, high]) => plain(String(random.between(Number(low), Number(high)))),
  dec: ({ random }, [low, high]) => plain((Number(low) + random.next() * (Number(high) - Number(low))).toFixed(1)),
}
