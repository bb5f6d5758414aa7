import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readCarriers } from './carriers.ts'
import { freeze, formatIds, readFrozen, templateIds } from './frozen.ts'
import { type CorpusLine, generateDocument } from './generate.ts'
import { createSource } from './source.ts'
import { normaliseSurface, SPLITS } from './split.ts'
import { readSurfaces } from './surfaces.ts'
import { readTemplates } from './templates.ts'

/** Documents of each split that are looked into. */
const SAMPLE = 3_000
const PAIRS = [
  ['train', 'test'],
  ['train', 'calibrate'],
  ['calibrate', 'test'],
] as const

interface Check {
  readonly what: string
  readonly shared: number
  /** How many may stand there by chance; none where it is not said. */
  readonly byChance?: number
}

/** Nothing is shared, or no more than chance allows. */
export const isMet = ({ shared, byChance = 0 }: Check): boolean => shared <= byChance

type BySplit = Readonly<Record<string, ReadonlySet<string>>>

const compare = (what: string, sets: BySplit): Check[] =>
  PAIRS.map(([one, other]) => ({
    what: `${what}: ${one} (${sets[one]?.size ?? 0}) and ${other} (${sets[other]?.size ?? 0})`,
    shared: [...(sets[one] ?? [])].filter((item) => sets[other]?.has(item)).length,
  }))

const bySplit = (make: (split: (typeof SPLITS)[number]) => Iterable<string>): BySplit =>
  Object.fromEntries(SPLITS.map((split) => [split, new Set(make(split))]))

/** The words of names and places that a split may use, normalised. */
function surfacesOf(split: (typeof SPLITS)[number], data?: string): string[] {
  const { groups, cities, counties, streets, facilities, employers, listed } = readSurfaces(split, data)
  return [
    ...groups.flatMap(({ female, male, surnames }) => [...female, ...male, ...surnames]),
    ...cities,
    ...counties,
    ...streets,
    ...facilities,
    ...employers,
    ...listed.given,
    ...listed.surnames,
  ].map(normaliseSurface)
}

/** What a text with gold spans says by itself: whole names, places, facilities, in no split but its own. */
const ownSurfaces = (lines: readonly CorpusLine[]): string[] =>
  lines.flatMap(({ text, spans, noise }) =>
    noise === ''
      ? spans
          .filter(
            (span) =>
              span.class === 'CITY' ||
              span.class === 'EMPLOYER' ||
              (span.class === 'NAME' && /\p{L}{3} \p{L}{3}/u.test(text.slice(span.start, span.end))),
          )
          .map((span) => `${span.class} ${normaliseSurface(text.slice(span.start, span.end))}`)
      : [],
  )

const formatsOf = (lines: readonly CorpusLine[]): string[] =>
  lines.flatMap(({ spans }) => spans.flatMap(({ format }) => format ?? []))

/** Words of the sentence that opens every note: "is a 57 year old male with a history of". */
const STOCK = /^(?:is|a|an|year|yo|old|male|female|man|woman|with|who|has|history|of|and|the|patient|\d+)$/

/** Runs of eight words, but for those that are the stock opening of a note with at most two words of their own. */
function grams(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const runs = words.slice(7).map((_, at) => words.slice(at, at + 8))
  return runs.filter((run) => run.filter((word) => !STOCK.test(word)).length > 2).map((run) => run.join(' '))
}

interface DevLine {
  readonly text: string
  readonly spans: readonly { readonly start: number; readonly end: number }[]
}

/** Nothing of the dev corpus is in a split, template or list. Only counts are told, no value. */
function checkDev(data: string, lines: readonly CorpusLine[]): Check[] {
  const file = join(data, 'asq-phi-dev/gold.jsonl')
  if (!existsSync(file)) return []
  const dev = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as DevLine)
  const texts = new Set(dev.map(({ text }) => normaliseSurface(text)))
  const devGrams = new Set(dev.flatMap(({ text }) => grams(text)))
  const values = dev.flatMap(({ text, spans }) => spans.map(({ start, end }) => text.slice(start, end)))
  // A first name or a town alone is nobody's: what must not be shared is a whole name, a phrase or a long number.
  const whole = new Set(
    values
      .filter((value) => /\S \S/.test(value) && /\p{L}{3}/u.test(value) && !/^\p{L}+\.? \d{1,2}/u.test(value))
      .map(normaliseSurface),
  )
  const numbers = new Set(
    values
      .filter((value) => /\d/.test(value) && !/[/]|^(?:19|20)?\d\d-\d|\p{L}{3} \d/u.test(value))
      .map(normaliseSurface)
      .filter((value) => value.length >= 7),
  )
  const templates = [...readTemplates().values()].flat()
  const lists = SPLITS.flatMap((split) => surfacesOf(split))
  const spans = lines.flatMap(({ text, spans: gold }) =>
    gold.map((span) => ({ class: span.class, surface: normaliseSurface(text.slice(span.start, span.end)) })),
  )
  const names = new Set(spans.filter((span) => span.class === 'NAME').map(({ surface }) => surface))
  return [
    {
      what: 'dev corpus: texts in a split',
      shared: lines.filter(({ text }) => texts.has(normaliseSurface(text))).length,
    },
    {
      what: 'dev corpus: 8-grams in a template',
      shared: templates.filter((text) => grams(text).some((gram) => devGrams.has(gram))).length,
    },
    {
      what: 'dev corpus: 8-grams in a document',
      shared: lines.filter(({ text }) => grams(text).some((gram) => devGrams.has(gram))).length,
    },
    {
      what: 'dev corpus: values of several words in a list',
      shared: lists.filter((surface) => whole.has(surface) && surface.length > 14).length,
    },
    // Common given names and surnames meet in both by chance: one in two hundred names at most.
    {
      what: `dev corpus: whole names among the ${names.size} of documents`,
      shared: [...names].filter((name) => whole.has(name)).length,
      byChance: names.size / 200,
    },
    { what: 'dev corpus: numbers in a document', shared: spans.filter(({ surface }) => numbers.has(surface)).length },
  ]
}

/** All checks; those of carriers and of the dev corpus where a data folder is given. */
export function checkSplits(data?: string, sample = SAMPLE): readonly Check[] {
  const lines = Object.fromEntries(
    SPLITS.map((split) => {
      const source = createSource(split, 'check-splits', data)
      return [split, Array.from({ length: sample }, (_, number) => generateDocument(source, number))]
    }),
  )
  const of = (split: string): readonly CorpusLine[] => lines[split] ?? []
  const ids = templateIds()
  const { heldOut } = formatIds()
  const carriers = data === undefined ? undefined : readCarriers(data)
  return [
    ...compare(
      'templates',
      bySplit((split) => ids[split] ?? []),
    ),
    ...compare(
      'surfaces of lists',
      bySplit((split) => surfacesOf(split, data)),
    ),
    ...compare(
      'surfaces of documents',
      bySplit((split) => ownSurfaces(of(split))),
    ),
    ...['train', 'calibrate'].map((split) => ({
      what: `formats held out (${heldOut.length}) and used in ${split}`,
      shared: formatsOf(of(split)).filter((format) => heldOut.includes(format)).length,
    })),
    ...(carriers
      ? [
          ...compare(
            'carriers',
            bySplit((split) => of(split).flatMap(({ carrier }) => carrier ?? [])),
          ),
          ...compare(
            'templates of carriers',
            bySplit((split) => [...carriers.pools[split].values()].flat().map(({ id }) => id)),
          ),
        ]
      : []),
    ...(data === undefined ? [] : checkDev(data, Object.values(lines).flat())),
  ]
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { data: { type: 'string' } } })
  const checks = checkSplits(values.data)
  for (const check of checks) console.log(`${isMet(check) ? 'ok  ' : 'FAIL'} ${check.what}: ${check.shared} shared`)
  const [now, then] = [freeze(values.data), readFrozen()].map((frozen) => JSON.stringify(frozen))
  console.log(now === then ? 'ok   the test is the frozen one' : 'FAIL the test is not the frozen one')
  process.exitCode = now === then && checks.every(isMet) ? 0 : 1
}
