import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readWordSections } from './lists.ts'
import type { Random } from './random.ts'
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
  /** From the dictionaries, where their folder is given. */
  readonly listed: { readonly given: readonly string[]; readonly surnames: readonly string[] }
}

const NAMES = readWordSections('names.txt')
const PLACES = readWordSections('places.txt')

/** The groups of names.txt, in its order. */
const GROUP_IDS: readonly string[] = [...new Set([...NAMES.keys()].map((key) => key.split('.')[0] ?? ''))]

const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

function readListed(data: string): { given: string[]; surnames: string[] } {
  const at = (file: string): string => readFileSync(join(data, 'dictionaries', file), 'utf8')
  const common = new Set(Object.keys(JSON.parse(at('philter/whitelist_plus_fps_091718_nonames.json')) as object))
  const clean = (words: readonly string[]): string[] =>
    words.filter((word) => /^[a-z]{3,12}$/.test(word) && !common.has(word)).map(title)
  return {
    given: clean(at('phileas/first-names.txt').split('\n')),
    surnames: clean(at('phileas/surnames.txt').split('\n')),
  }
}

/** Reads what a split may use. With a data folder, names and cities of its dictionaries too. */
export function readSurfaces(split: Split, data?: string): Surfaces {
  const own = (words: readonly string[]): readonly string[] => words.filter((word) => splitOfSurface(word) === split)
  const listed = data ? readListed(data) : { given: [], surnames: [] }
  const cities =
    data && existsSync(join(data, 'dictionaries'))
      ? readFileSync(join(data, 'dictionaries/phileas/cities.txt'), 'utf8')
          .split('\n')
          .filter((city) => /^[A-Z][A-Za-z. '-]{2,}$/.test(city))
      : []
  const place = (key: string): readonly string[] => own(PLACES.get(key) ?? [])
  return {
    groups: GROUP_IDS.map((id) => ({
      id,
      female: own(NAMES.get(`${id}.f`) ?? []),
      male: own(NAMES.get(`${id}.m`) ?? []),
      surnames: own(NAMES.get(`${id}.s`) ?? []),
      starts: NAMES.get(`${id}.starts`) ?? [],
      ends: NAMES.get(`${id}.ends`) ?? [],
    })),
    cities: [...place('cities'), ...place('cities'), ...own(cities)],
    counties: place('counties'),
    streets: place('streets'),
    facilities: place('facilities'),
    employers: place('employers'),
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
