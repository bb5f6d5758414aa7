import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSections, readWordSections } from './lists.ts'
import { hashText, type Random } from './random.ts'
import { splitOfSurface, type Split } from './split.ts'

/** The names of one group of origin that one split may use. */
export interface NameGroup {
  readonly id: string
  readonly female: readonly string[]
  readonly male: readonly string[]
  readonly surnames: readonly string[]
  /** Syllables that a surname in no list is composed of. */
  readonly starts: readonly string[]
  readonly ends: readonly string[]
}

/** Everything with a surface that is held out by its hash: names, cities, counties, the words of streets and facilities. */
export interface Surfaces {
  readonly groups: readonly NameGroup[]
  readonly cities: readonly string[]
  readonly counties: readonly string[]
  readonly streets: readonly string[]
  readonly facilities: readonly string[]
  readonly employers: readonly string[]
  /** Common words of the language that training takes for anybody's name and, as often, for nobody's; elsewhere none. */
  readonly words: readonly string[]
  /** From the dictionaries, where their folder is given. */
  readonly listed: { readonly given: readonly string[]; readonly surnames: readonly string[] }
}

const NAMES = readWordSections('names.txt')
const PLACES = readWordSections('places.txt')
/** Names that only training reads. */
const TRAINING_NAMES = readSections('names-training.txt')
/** Words that only bind others: no training on them as names, though somebody bears each. */
const BINDING = new Set(
  'the and for are but not you all any can had her was one our out has him his how its may now who did yet she too use this that with have from they will been each which their them then than when where what were your only also into over such some very just more most much must both here there these those upon unto while since until would could should shall might about after again before below between during under above through because against'.split(
    ' ',
  ),
)
/** Words that say who somebody is or when: as a name they would only teach that a title is one. */
const SAYING = new Set(
  'doctor doctors patient patients nurse nurses mother father sister brother daughter son husband wife aunt uncle cousin niece nephew grandmother grandfather partner friend neighbor family mister miss lady sir madam monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec today yesterday tomorrow name names'.split(
    ' ',
  ),
)
/** Training's copies of the group whose names are any words at all (`word` has nine of its own). */
const OPEN_SHARE = 5
/** How often training draws a group whose names are missed more than others, where the rest are drawn once. */
const TRAINING_SHARES: Readonly<Record<string, number>> = { word: 9, native: 4, korean: 4, vietnamese: 2, chinese: 2 }
/** Names taken from one line of parts, which may have thousands. */
const MOST_OF_LINE = 600

/** The groups of names.txt, in its order. */
const GROUP_IDS: readonly string[] = [...new Set([...NAMES.keys()].map((key) => key.split('.')[0] ?? ''))]

const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** Names of the dictionaries; `words` are those that are common words too. */
function readListed(data: string) {
  const at = (file: string): string => readFileSync(join(data, 'dictionaries', file), 'utf8')
  const common = new Set(Object.keys(JSON.parse(at('philter/whitelist_plus_fps_091718_nonames.json')) as object))
  const towns = new Set(at('phileas/cities.txt').toLowerCase().split('\n'))
  const given = at('phileas/first-names.txt').split('\n')
  const surnames = at('phileas/surnames.txt').split('\n')
  const clean = (names: readonly string[]): string[] =>
    names.filter((name) => /^[a-z]{3,12}$/.test(name) && !common.has(name)).map(title)
  const words = (names: readonly string[]): string[] =>
    names.filter((name) => /^[a-z]{3,12}$/.test(name) && common.has(name) && !BINDING.has(name)).map(title)
  return {
    given: clean(given),
    surnames: clean(surnames),
    words: { given: words(given), surnames: words(surnames) },
    common: readCommonWords().filter((word) => common.has(word) && !towns.has(word)),
  }
}

/** The whole words that the piece vocabulary knows, frequent ones first: those of which a model is surest that they are no name. */
function readCommonWords(): readonly string[] {
  const file = new URL('../../packages/tagger/weights/en/pieces.vocabulary.txt', import.meta.url)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((word) => /^[a-z]{3,11}$/.test(word) && !BINDING.has(word) && !SAYING.has(word))
}

const cut = (line: string, separator: string): string[] => line.split(separator).map((one) => one.trim())

/** The names of a line of parts: one word of each part, joined by a blank or, before "+", by nothing. */
function crossParts(line: string): readonly string[] {
  const names = cut(line, ' / ')
    .map((part) => cut(part, ','))
    .reduce((heads, tails) =>
      heads.flatMap((head) => tails.map((tail) => (tail.startsWith('+') ? head + tail.slice(1) : `${head} ${tail}`))),
    )
  return names.toSorted((one, other) => hashText(one) - hashText(other)).slice(0, MOST_OF_LINE)
}

/** The names of a section that only training reads, lists and lines of parts. */
function trainingNames(section: string): readonly string[] {
  return [
    ...(TRAINING_NAMES.get(section) ?? []).flatMap((line) => cut(line, ',')),
    ...(TRAINING_NAMES.get(`${section}*`) ?? []).flatMap(crossParts),
  ]
}

/** What a split may use without the names that only training reads, each group once. */
export function readFrozenSurfaces(split: Split): Surfaces {
  const own = (words: readonly string[] = []): readonly string[] =>
    words.filter((word) => splitOfSurface(word) === split)
  const groups = GROUP_IDS.map((id) => ({
    id,
    female: own(NAMES.get(`${id}.f`)),
    male: own(NAMES.get(`${id}.m`)),
    surnames: own(NAMES.get(`${id}.s`)),
    starts: NAMES.get(`${id}.starts`) ?? [],
    ends: NAMES.get(`${id}.ends`) ?? [],
  }))
  const cities = own(PLACES.get('cities'))
  return {
    groups,
    cities,
    counties: own(PLACES.get('counties')),
    streets: own(PLACES.get('streets')),
    facilities: own(PLACES.get('facilities')),
    employers: own(PLACES.get('employers')),
    words: [],
    listed: { given: [], surnames: [] },
  }
}

/** Reads what a split may use. With a data folder, names and cities of its dictionaries too. */
export function readSurfaces(split: Split, data?: string): Surfaces {
  const own = (words: readonly string[]): readonly string[] => words.filter((word) => splitOfSurface(word) === split)
  const listed = data ? readListed(data) : { given: [], surnames: [], words: { given: [], surnames: [] }, common: [] }
  const words = split === 'train' ? own(listed.common) : []
  const cities =
    data && existsSync(join(data, 'dictionaries'))
      ? readFileSync(join(data, 'dictionaries/phileas/cities.txt'), 'utf8')
          .split('\n')
          .filter((city) => /^[A-Z][A-Za-z. '-]{2,}$/.test(city))
      : []
  const names = (section: string): readonly string[] => {
    const base = NAMES.get(section) ?? []
    return own(split === 'train' ? [...new Set([...base, ...trainingNames(section)])] : base)
  }
  // The words of the language that the dictionaries know as names: in training alone, so that the other splits stay as they are.
  const worded = (id: string, extra: readonly string[]): readonly string[] =>
    split === 'train' && id === 'word' ? own(extra) : []
  const groups = GROUP_IDS.map((id) => ({
    id,
    female: [...names(`${id}.f`), ...worded(id, listed.words.given)],
    male: [...names(`${id}.m`), ...worded(id, listed.words.given)],
    surnames: [...names(`${id}.s`), ...worded(id, listed.words.surnames)],
    starts: NAMES.get(`${id}.starts`) ?? [],
    ends: NAMES.get(`${id}.ends`) ?? [],
  }))
  const anyWord = words.map(title)
  const open = { id: 'word', female: anyWord, male: anyWord, surnames: anyWord, starts: [], ends: [] }
  const place = (key: string): readonly string[] => own(PLACES.get(key) ?? [])
  return {
    groups:
      split === 'train'
        ? [
            ...groups.flatMap((group) => Array.from({ length: TRAINING_SHARES[group.id] ?? 1 }, () => group)),
            ...Array.from({ length: words.length > 0 ? OPEN_SHARE : 0 }, () => open),
          ]
        : groups,
    cities: [...place('cities'), ...place('cities'), ...own(cities)],
    counties: place('counties'),
    streets: place('streets'),
    facilities: place('facilities'),
    employers: place('employers'),
    words,
    listed: { given: own(listed.given), surnames: own(listed.surnames) },
  }
}

/** A surname that no list holds, of the syllables of a group; it belongs to the split like any other. */
export function composeSurname(group: NameGroup, split: Split, random: Random): string {
  for (let i = 0; i < 40; i++) {
    const name = title(
      random.pick(group.starts) +
        (random.chance(0.35) ? random.pick(group.starts).toLowerCase() : '') +
        random.pick(group.ends),
    )
    if (splitOfSurface(name) === split) return name
  }
  return random.pick(group.surnames)
}
