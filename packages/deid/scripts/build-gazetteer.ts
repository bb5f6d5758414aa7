/**
 * Compiles the licensed dictionaries into packages/deid/data/gazetteer.bin (same lists, same bytes):
 * node --conditions=breakwater-source packages/deid/scripts/build-gazetteer.ts --dictionaries DIR
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { LISTED, packGazetteer } from '@breakwater/deid'

const { values } = parseArgs({ options: { dictionaries: { type: 'string' } } })
const from = values.dictionaries ?? '../shared/data/dictionaries'
const to = join(import.meta.dirname, '..', 'data')

function lines(path: string): string[] {
  return readFileSync(join(from, path), 'utf8').split('\n').map(normalise).filter(Boolean)
}

function keys(path: string): string[] {
  const parsed: unknown = JSON.parse(readFileSync(join(from, path), 'utf8'))
  return Object.keys(parsed ?? {})
    .map(normalise)
    .filter(Boolean)
}

/** As the tokens of a text are: without accents, apostrophes and full stops. */
function normalise(line: string): string {
  return line.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/['.]/g, '').replace(/\s+/g, ' ').trim()
}

const phrases = new Map<string, number>()

function add(list: Iterable<string>, flag: number): void {
  for (const phrase of list) {
    if (/^[\p{L}\p{N}][\p{L}\p{N} -]*$/u.test(phrase)) phrases.set(phrase, (phrases.get(phrase) ?? 0) | flag)
  }
}

/** Every proper beginning of a phrase of several words, so that a reader knows to look on. */
function addWithPrefixes(list: readonly string[], flag: number): void {
  add(list, flag)
  add(
    list.flatMap((phrase) => {
      const words = phrase.split(' ')
      return words.slice(1).map((_, i) => words.slice(0, i + 1).join(' '))
    }),
    LISTED.prefix,
  )
}

const names = [
  [lines('phileas/first-names.txt'), keys('philter/firstnames_minus_fps.json'), LISTED.first],
  [lines('phileas/surnames.txt'), keys('philter/lastnames_minus_fps.json'), LISTED.surname],
] as const
for (const [one, other, flag] of names) {
  const long = one.filter((name) => name.length > 1)
  add(long, flag)
  add(
    other.filter((name) => name.length > 1),
    flag,
  )
  const known = new Set(long)
  add(
    other.filter((name) => known.has(name)),
    LISTED.agreed,
  )
}
addWithPrefixes(lines('phileas/cities.txt'), LISTED.city)
addWithPrefixes(lines('phileas/counties.txt'), LISTED.county)
const HEAD = / (?:hospitals?|clinic|medical center|health|health care|health system|cancer center|university)$/
const hospitals = lines('phileas/hospitals.txt').flatMap((name) => name.replace(/^the /, '').split(/ ?[–/,] ?/))
const short = hospitals.map((name) => name.replace(HEAD, '').replace(HEAD, ''))
addWithPrefixes(
  [...hospitals, ...short].filter((name) => name.length > 3),
  LISTED.hospital,
)
add(keys('philter/whitelist_plus_fps_091718_nonames.json'), LISTED.safe)

writeFileSync(join(to, 'gazetteer.bin'), packGazetteer(phrases))
copyFileSync(join(from, 'phileas/LICENSE'), join(to, 'LICENSE.phileas.txt'))
copyFileSync(join(from, 'philter/LICENSE'), join(to, 'LICENSE.philter.txt'))
